// What the local providers have on record, what they were asked, and how they are made to misbehave.

import { act } from "../api.js";
import { byId, el, toast } from "../dom.js";
import { say } from "../zone.js";

const titles = { ecgrid: "ECGrid", zitadel: "ZITADEL", torii: "Torii" };
const modes = [
  ["none", "behaves"], ["timeout_after", "does it, then never answers"], ["timeout_before", "does nothing, never answers"],
  ["status_500", "does nothing, answers 500"], ["status_500_after", "does it, answers 500"], ["throttle", "answers 429 (Retry-After: 5)"],
  ["cut_after", "does it, then cuts the connection"], ["slow", "answers 1.5 s late"], ["html", "answers with a web page"],
  ["redirect", "sends elsewhere"], ["oversize", "answers far too much"], ["down", "is down: no connection can be made"],
];
const matches = [["write", "when told to remove somebody"], ["onward", "then, and whatever is asked from then on"], ["any", "whatever is asked"]];
const downs = { write: "What it is asked is answered. For the call itself no connection can be made.", any: "Nobody listens there." };
const gone = /terminated|deleted|inactive/i;

let drawn = "";

// showProviders draws the panel. ctx.fill puts a command into the composer.
export function showProviders(panel, list, ctx) {
  const version = JSON.stringify([ctx.zone, list]);
  if (version === drawn && panel.children.length) return;
  drawn = version;
  const open = new Set([...panel.querySelectorAll("details[open]")].map((d) => d.dataset.of));
  const focused = panel.contains(document.activeElement) ? document.activeElement.id : "";
  const top = panel.scrollTop;
  panel.replaceChildren(
    el("header", {},
      el("h2", {}, "At the providers"),
      el("button", { type: "button", id: "rehire", class: "press", onclick: () => change("rehire", {}) }, "Bring everybody back")),
    ...list.map((p) => card(p, (login) => ctx.fill(`/offboard ${login} provider:${p.name}`), open, ctx)));
  panel.scrollTop = top;
  if (focused) byId(focused)?.focus();
}

async function change(what, body) {
  const wrong = await act(what, body);
  if (wrong) toast(wrong);
}

function card(p, offboard, open, ctx) {
  const writes = p.calls.filter((c) => c.write).length;
  return el("section", { class: p.mode === "none" ? "provider" : "provider ill" },
    el("h3", {}, titles[p.name] || p.name),
    el("ul", { class: "accounts" }, p.accounts.map((a) => account(a, p, offboard))),
    faults(p), p.mode === "down" ? el("p", { class: "hint" }, downs[p.match]) : "",
    el("details", { "data-of": p.name, open: open.has(p.name) },
      el("summary", { id: `calls-${p.name}` }, `${p.calls.length + p.more} ${p.calls.length + p.more === 1 ? "call" : "calls"} received, ${writes} to remove somebody`),
      el("ol", { class: "calls" }, p.calls.map((c) => call(c, ctx))),
      p.more ? el("p", { class: "hint" }, `and ${p.more} earlier ones`) : ""));
}

function account(a, p, offboard) {
  const state = a.state || "no such account";
  return el("li", {},
    el("span", { class: "name" }, a.name, el("small", {}, a.login), a.email && a.email !== a.login ? el("small", {}, `e-mail: ${a.email}`) : ""),
    el("span", { class: gone.test(state) ? "state gone" : "state" }, state.replace("USER_STATE_", "")),
    el("button", {
      type: "button", id: `offboard-${p.name}-${a.id}`, "aria-label": `Offboard ${a.name} at ${titles[p.name]}`, title: "Fill in the command",
      onclick: () => offboard(a.login),
    }, "Offboard…"));
}

function faults(p) {
  const choose = (id, label, all, value) => {
    const select = el("select", { id: `${id}-${p.name}`, "aria-label": `${label} ${titles[p.name]}` },
      all.map(([v, text]) => el("option", { value: v }, text)));
    select.value = value;
    return select;
  };
  const known = modes.some(([v]) => v === p.mode) ? modes : [...modes, [p.mode, p.mode]];
  const mode = choose("mode", "How it behaves:", known, p.mode);
  const match = choose("match", "When:", p.mode === "down" ? matches.filter(([v]) => v !== "onward") : matches, p.match);
  const set = () => change("fault", { provider: p.name, match: match.value, mode: mode.value });
  mode.addEventListener("change", set);
  match.addEventListener("change", set);
  return el("div", { class: "faults" }, el("span", {}, "It"), mode, p.mode === "none" ? "" : match);
}

function call(c, ctx) {
  return el("li", { class: c.write ? "write" : "" },
    el("time", { datetime: c.at }, say(new Date(c.at), ctx.zone, { timeStyle: "medium" })), el("code", {}, c.line),
    el("span", {}, c.status ? `answered ${c.status}` : "no answer", c.effect ? `, ${c.effect}` : ""));
}
