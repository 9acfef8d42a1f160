// Attachments, as apps wrote before there were blocks: their words, their fields, and the blocks that stand in them.

import { blocks } from "./blocks.js";
import { asJSON, el } from "../dom.js";
import { mrkdwn } from "../text.js";

export function attachments(list, ctx) {
  return (list || []).map((a) => attachment(a, ctx));
}

function attachment(a, ctx) {
  const text = (s, name) => (s ? el("p", { class: name }, mrkdwn(s, ctx)) : "");
  const fields = (a.fields || []).map((f) => el("p", {}, el("strong", {}, f.title || ""), el("br"), mrkdwn(f.value || "", ctx)));
  const body = [
    text(a.author_name, "hint"), a.title ? el("p", {}, el("strong", { title: a.title_link }, mrkdwn(a.title, ctx))) : "", text(a.text),
    fields.length ? el("div", { class: "fields" }, fields) : "", a.blocks ? blocks(a.blocks, ctx) : "",
    a.image_url ? el("p", { class: "picture", title: a.image_url }, "Image") : "",
    a.actions ? asJSON("an attachment's actions, which the sandbox does not have", a.actions) : "", text(a.footer, "hint"),
  ].flat().filter((n) => n !== "");
  return [text(a.pretext), el("div", { class: `attachment ${tone(a.color)}` }, body.length ? body : text(a.fallback))];
}

const tone = (color) => (["good", "warning", "danger"].includes(color) ? color : "");
