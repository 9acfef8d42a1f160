// What is chosen of several, each with a press that takes it away again.

import { el } from "../dom.js";

export function showTokens(list, chosen, drop) {
  list.hidden = !chosen.length;
  list.replaceChildren(...chosen.map((c) => el("li", {}, el("button", {
    type: "button", class: "token", "aria-label": `Remove ${c.label}`, onclick: () => drop(c),
  }, c.label, el("span", { "aria-hidden": "true" }, " ✕")))));
}
