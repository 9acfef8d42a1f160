// Rich text as nodes.

import { asJSON, el } from "../dom.js";
import { emoji, link, person, place } from "../text.js";
import { say } from "../zone.js";

// rich gives the parts of a rich_text block.
export const rich = (parts, ctx) => (parts || []).map((p) => part(p, ctx));

function part(p, ctx) {
  const inside = () => (p.elements || []).map((e) => word(e, ctx));
  switch (p.type) {
    case "rich_text_section": return el("p", {}, inside());
    case "rich_text_quote": return el("blockquote", {}, inside());
    case "rich_text_preformatted": return el("pre", {}, inside());
    case "rich_text_list":
      return el(p.style === "ordered" ? "ol" : "ul", {}, (p.elements || []).map((e) => el("li", {}, (e.elements || []).map((w) => word(w, ctx)))));
    default: return asJSON(`rich text of type ${p.type}`, p);
  }
}

const tags = { bold: "strong", italic: "em", strike: "s", code: "code" };

function word(e, ctx) {
  let node = plain(e, ctx);
  for (const [style, tag] of Object.entries(tags)) if (e.style && e.style[style]) node = el(tag, {}, node);
  return node;
}

function plain(e, ctx) {
  switch (e.type) {
    case "text": return e.text.split("\n").flatMap((line, i) => (i ? [el("br"), line] : [line]));
    case "link": return link(e.url, e.text || "", ctx);
    case "user": return person(e.user_id, ctx);
    case "channel": return place(e.channel_id, ctx);
    case "usergroup": return el("span", { class: "mention loud" }, `@${ctx.names[e.usergroup_id] || e.usergroup_id}`);
    case "broadcast": return el("span", { class: "mention loud" }, `@${e.range}`);
    case "emoji": return emoji(e.name);
    case "date": return el("time", {}, say(new Date(e.timestamp * 1000), ctx.zone, { dateStyle: "medium", timeStyle: "short" }));
    default: return asJSON(`a word of type ${e.type}`, e);
  }
}
