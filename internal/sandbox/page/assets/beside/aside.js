// The other side: panels of which one is shown.

import { showAttacks } from "./attacks.js";
import { byId, el } from "../dom.js";
import { showClock } from "./clock.js";
import { pickRequest, showJournal } from "./journal.js";
import { showProviders } from "./providers.js";
import { showSlack } from "./slack.js";
import { showWatch } from "./watch.js";

const panels = [
  { id: "providers", name: "Providers", show: (box, state, ctx) => showProviders(box, state.providers, ctx), has: (state) => state.providers.length },
  { id: "journal", name: "Journal", show: (box, state, ctx) => showJournal(box, state.requests, ctx), has: (state) => state.ours },
  { id: "slack", name: "Slack", show: (box, state, ctx) => showSlack(box, state.slack, ctx), has: () => true },
  { id: "clock", name: "Time", show: (box, state, ctx) => showClock(box, state, ctx), has: () => true },
  { id: "attacks", name: "Attacks", show: (box, state, ctx) => showAttacks(box, state, ctx), has: (state) => state.ours },
];
let shown = "providers";
let again; // draws what is known now: a tab that is clicked later must not show what was known when it was made

// openJournal shows the journal of a request.
export function openJournal(name, state, ctx) {
  pickRequest(name);
  shown = "journal";
  showAside(state, ctx);
  byId("panel").scrollTop = 0;
  byId("request").focus();
}

export function showAside(state, ctx) {
  showWatch(state, ctx);
  const all = panels.filter((p) => p.has(state));
  if (!all.length) return;
  if (!all.some((p) => p.id === shown)) shown = all[0].id;
  again = () => showAside(state, ctx);
  tabs(all);
  const box = byId("panel");
  if (box.dataset.of !== shown) {
    box.dataset.of = shown;
    box.setAttribute("aria-labelledby", `tab-${shown}`);
    box.replaceChildren();
  }
  all.find((p) => p.id === shown).show(box, state, ctx);
}

function tabs(all) {
  const box = byId("tabs");
  const pick = (id) => {
    shown = id;
    again();
    byId(`tab-${id}`).focus();
  };
  if (box.children.length !== all.length) {
    box.replaceChildren(...all.map((p, i) => el("button", {
      type: "button", role: "tab", id: `tab-${p.id}`, "aria-controls": "panel", onclick: () => pick(p.id),
      onkeydown: (e) => {
        const to = { ArrowRight: i + 1, ArrowLeft: i - 1 }[e.key];
        if (to !== undefined) pick(all[(to + all.length) % all.length].id);
      },
    }, p.name)));
  }
  for (const tab of box.children) {
    const on = tab.id === `tab-${shown}`;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
  }
}
