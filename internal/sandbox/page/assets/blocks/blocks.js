// Block Kit as nodes. What the page does not know is shown as JSON.

import { asJSON, el } from "../dom.js";
import { element, picture, words } from "./elements.js";
import { field } from "./field.js";
import { file } from "../channel/files.js";
import { rich } from "./rich.js";
import { mrkdwn } from "../text.js";

// blocks gives a message's or a form's blocks. For ctx see element.
export function blocks(list, ctx) {
  return list.map((b) => block(b, ctx));
}

function block(b, ctx) {
  switch (b.type) {
    case "header": return el("h3", { class: "block" }, words(b.text, ctx));
    case "section": return section(b, ctx);
    case "context": return el("div", { class: "block context" }, b.elements.map((e) => element(e, b, ctx)));
    case "actions": return el("div", { class: "block actions" }, b.elements.map((e) => element(e, b, ctx)));
    case "input": return field(b, ctx).node;
    case "divider": return el("hr");
    case "image": return el("figure", { class: "block" }, picture(b, ctx), b.title ? el("figcaption", {}, words(b.title, ctx)) : "");
    case "rich_text": return el("div", { class: "block rich" }, rich(b.elements, ctx));
    case "markdown": return el("p", { class: "block" }, mrkdwn(b.text.replaceAll("**", "*"), ctx));
    case "file": return remote(b, ctx);
    case "table": return table(b, ctx);
    default: return asJSON(`a block of type ${b.type}`, b);
  }
}

// remote gives a file that a block names, if it is one of the workspace's.
function remote(b, ctx) {
  const f = (ctx.mentioned || {})[b.file_id || b.external_id];
  return f ? el("div", { class: "block" }, file(f, ctx)) : asJSON(`a file that is kept elsewhere: ${b.external_id}`, b);
}

function section(b, ctx) {
  const body = el("div", { class: "body" },
    b.text ? el("p", {}, words(b.text, ctx)) : "",
    b.fields ? el("div", { class: "fields" }, b.fields.map((f) => el("p", {}, words(f, ctx)))) : "");
  return el("div", { class: "block section" }, body, b.accessory ? element(b.accessory, b, ctx) : "");
}

function table(b, ctx) {
  const cell = (c) => el("td", {}, c.type === "rich_text" ? rich(c.elements, ctx) : c.text || "");
  return el("div", { class: "block table" }, el("table", {}, (b.rows || []).map((row) => el("tr", {}, row.map(cell)))));
}
