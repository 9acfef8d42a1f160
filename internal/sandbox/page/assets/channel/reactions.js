// The emojis at a message, and putting one there.

import { act } from "../api.js";
import { el, toast } from "../dom.js";
import { emoji } from "../text.js";

const offered = ["+1", "eyes", "white_check_mark", "tada", "wave", "x"];

// reactions gives the emojis at a message; with ctx.reacts also a menu of more.
export function reactions(m, channel, ctx) {
  const react = (name, on) => act("react", { as: ctx.me, channel, ts: m.ts, name, on }).then((wrong) => wrong && toast(wrong));
  const list = (m.reactions || []).map((r) => {
    const mine = r.users.includes(ctx.me);
    const who = r.users.map((u) => ctx.names[u] || u).join(", ");
    return el("button", {
      type: "button", class: "reaction", "aria-pressed": String(mine), title: who,
      "data-action": `react ${r.name}`, onclick: () => react(r.name, !mine),
    }, emoji(r.name), ` ${r.users.length}`, el("span", { class: "hidden" }, ` by ${who}`));
  });
  if (ctx.reacts && !m.private) list.push(more(react));
  return list.length ? el("div", { class: "reactions" }, list) : "";
}

function more(react) {
  const menu = el("select", { class: "react", "aria-label": "Add a reaction", "data-action": "react" },
    el("option", { value: "" }, "☺+"), offered.map((name) => el("option", { value: name }, emoji(name).textContent, ` ${name.replaceAll("_", " ")}`)));
  menu.addEventListener("change", () => {
    const name = menu.value;
    menu.value = "";
    if (name) react(name, true);
  });
  return menu;
}
