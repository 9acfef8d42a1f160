// The sandbox's time, how to move it on, and what comes then.

import { act } from "../api.js";
import { byId, el, toast } from "../dom.js";
import { now, say } from "../zone.js";

const steps = [[600, "10 min"], [3600, "1 hour"], [86400, "1 day"], [7 * 86400, "1 week"]];
const most = 12; // of what comes, listed
let drawn = "";
let told = -1; // how far ahead the clock was when it was looked at last; -1: never
let open = false; // the file

export function showClock(panel, state, ctx) {
  const due = coming(state);
  const shown = say(now(), ctx.zone, { dateStyle: "full", timeStyle: "short" });
  const version = JSON.stringify([ctx.me, shown, state.ahead, due, state.rules]);
  if (version === drawn && panel.children.length) return;
  drawn = version;
  const focused = panel.contains(document.activeElement) ? document.activeElement.id : "";
  const top = panel.scrollTop;
  panel.replaceChildren(
    el("h2", {}, "Time"),
    el("p", {}, "It is ", el("strong", {}, shown), ` for ${ctx.names[ctx.me]} (${ctx.zone})${state.ahead ? `, ${span(state.ahead)} ahead of this machine` : ""}.`),
    el("p", { class: "hint" }, "A step moves the clock of Slack, of the providers' records and of the bot together, and never back. A call that is under way meanwhile counts as interrupted, and is read back."),
    el("div", { class: "actions clock" }, steps.map(([by, text]) => el("button", { type: "button", class: "press", id: `by-${by}`, onclick: () => move({ by }) }, `+ ${text}`))),
    state.ours ? el("h3", {}, "What comes by itself") : "",
    state.ours && !due.length ? el("p", { class: "hint" }, state.requests.length ? "Nothing now." : "Nothing, until somebody asks for a removal.") : "",
    el("ul", { class: "due" }, due.slice(0, most).map((d) => row(d, ctx))),
    due.length > most ? el("p", { class: "hint" }, `and ${due.length - most} more`) : "",
    state.rules.yaml ? rules(state.rules, ctx) : "");
  panel.scrollTop = top;
  if (focused) (byId(focused) || byId("by-600")).focus({ preventScroll: true });
}

// coming lists what comes to any request, the next first. Between two looks at the sandbox some of it has passed.
function coming(state) {
  return state.requests.flatMap((r) => r.coming.map((c) => ({ ...c, of: r.name })))
    .filter((c) => new Date(c.at) > now()).sort((a, b) => new Date(a.at) - new Date(b.at));
}

function row(d, ctx) {
  const when = new Date(d.at);
  const what = `${d.of} ${d.says}`;
  return el("li", {},
    el("span", {}, el("strong", {}, d.of), ` ${d.says}`, el("small", {}, `${say(when, ctx.zone, { dateStyle: "medium", timeStyle: "short" })}, in ${span(when - now())}`)),
    el("button", { type: "button", class: "press", id: `go-${d.of}-${d.at}`, onclick: () => move({ to: d.at }) }, "Go there", el("span", { class: "hidden" }, ` ${what}`)));
}

function rules(r, ctx) {
  return el("section", { class: "rules" },
    el("h3", {}, "What the bot is configured to do"),
    el("ul", {}, r.says.map((s) => el("li", {}, s))),
    el("p", {}, "To see a cool-off, ask for ", el("button", { type: "button", class: "link", onclick: () => ctx.fill(r.slow) }, r.slow), "."),
    el("details", { open, ontoggle: (e) => { open = e.target.open; } }, el("summary", { id: "file" }, "offboard.yaml"), el("pre", { tabindex: "0", "aria-label": "offboard.yaml" }, r.yaml)));
}

function span(ms) {
  const minutes = Math.round(ms / 60000);
  const parts = [[Math.floor(minutes / 1440), "d"], [Math.floor(minutes / 60) % 24, "h"], [minutes % 60, "min"]];
  return parts.filter(([n]) => n).map(([n, unit]) => `${n} ${unit}`).join(" ") || "some seconds";
}

async function move(how) {
  const wrong = await act("clock", how);
  if (wrong) toast(wrong);
}

// showNow says above the channel what time it is in the sandbox, once that is another than the machine's, and says so aloud after each step.
export function showNow(state, ctx) {
  const text = state.ahead ? `It is ${say(now(), ctx.zone, { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" })}` : "";
  if (byId("sandbox-time").textContent !== text) byId("sandbox-time").textContent = text;
  if (told >= 0 && state.ahead > told) toast(`${text} now.`);
  told = state.ahead;
}
