// The sandbox's time, and how to move it on.

import { act } from "./api.js";
import { byId, el, toast } from "./dom.js";
import { now, say } from "./zone.js";

const steps = [[600, "10 minutes"], [3600, "1 hour"], [86400, "1 day"]];
let drawn = "";

export function showClock(panel, state, ctx) {
  const due = state.requests.filter((r) => r.due && !r.over);
  const shown = say(now(), ctx.zone, { dateStyle: "full", timeStyle: "short" });
  const version = JSON.stringify([ctx.me, shown, state.ahead, due.map((r) => [r.name, r.due, r.state])]);
  if (version === drawn && panel.children.length) return;
  drawn = version;
  const focused = panel.contains(document.activeElement) ? document.activeElement.id : "";
  panel.replaceChildren(
    el("h2", {}, "Time"),
    el("p", { role: "status" }, `It is ${shown}${state.ahead ? `, ${span(state.ahead)} ahead of this machine` : ""}.`),
    el("p", { class: "hint" }, "Moves the clock of the workspace, the providers' records and the bot together. It never goes back."),
    el("div", { class: "actions clock" }, steps.map(([by, text]) => el("button", { type: "button", class: "press", id: `by-${by}`, onclick: () => move(by) }, `+ ${text}`))),
    due.length ? el("h3", {}, "What is due") : "",
    el("ul", { class: "due" }, due.map((r) => next(r, ctx))));
  if (focused) byId(focused)?.focus();
}

// next is what a request waits for. A second later, so that it is past.
function next(r, ctx) {
  const when = new Date(r.due);
  const by = Math.ceil((when - now()) / 1000) + 1;
  return el("li", {}, el("span", {}, `${r.name} (${r.state}): ${say(when, ctx.zone, { dateStyle: "medium", timeStyle: "short" })}`),
    by > 1 ? el("button", { type: "button", class: "press", id: `go-${r.name}`, onclick: () => move(Math.ceil((when - now()) / 1000) + 1) }, "Go there") : "");
}

function span(ms) {
  const minutes = Math.round(ms / 60000);
  const parts = [[Math.floor(minutes / 1440), "d"], [Math.floor(minutes / 60) % 24, "h"], [minutes % 60, "min"]];
  return parts.filter(([n]) => n).map(([n, unit]) => `${n} ${unit}`).join(" ") || "some seconds";
}

async function move(by) {
  const wrong = await act("clock", { by });
  if (wrong) toast(wrong);
}
