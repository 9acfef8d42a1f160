// Slack's side: how it misbehaves, the bot's sockets, and what the bot asked.

import { act } from "../api.js";
import { byId, el, toast } from "../dom.js";
import { heard, lacking } from "./hears.js";
import { say } from "../zone.js";

const modes = [
  ["none", "behaves"], ["throttle", "takes no message, answers 429"], ["timeout_after", "takes a message, then never answers"],
  ["post_500", "takes no message, answers 500"], ["people", "cannot say who is who"], ["slow", "answers 1.5 s late"], ["down", "is down"],
];
let drawn = "";

export function showSlack(panel, slack, ctx) {
  const version = JSON.stringify([ctx.me, slack]);
  if (version === drawn && panel.children.length) return;
  drawn = version;
  const focused = panel.contains(document.activeElement) ? document.activeElement.id : "";
  const open = panel.querySelector("details:not(.heard)")?.open || false;
  const told = panel.querySelector(".heard")?.open || false;
  const mode = el("select", { id: "slack-mode", "aria-label": "How Slack behaves", onchange: (e) => set(e.target.value) },
    modes.map(([v, text]) => el("option", { value: v }, text)));
  mode.value = slack.mode;
  const happen = (what, text) => el("button", { type: "button", id: `slack-${what}`, class: "press", onclick: () => set(what) }, text);
  panel.replaceChildren(
    el("h2", {}, "Slack"),
    el("section", { class: slack.mode === "none" ? "provider" : "provider ill" },
      el("div", { class: "faults" }, el("span", {}, "It"), mode),
      el("p", { id: "sockets", role: "status" }, slack.sockets === 1 ? "1 socket of the bot is open." : `${slack.sockets} sockets of the bot are open.`),
      el("div", { class: "actions" }, happen("refresh", "Ask for new sockets"), happen("cut", "Cut the sockets"))),
    lacking(slack.lacks), heard(slack.events, told, ctx),
    el("details", { open },
      el("summary", { id: "slack-calls" }, `${slack.calls.length + slack.more} calls received`),
      el("ol", { class: "calls" }, slack.calls.map((c) => call(c, ctx))),
      slack.more ? el("p", { class: "hint" }, `and ${slack.more} earlier ones`) : ""));
  if (focused) byId(focused)?.focus();
}

async function set(what) {
  const wrong = await act("slack", { do: what });
  if (wrong) toast(wrong);
}

function call(c, ctx) {
  const ill = c.error || c.fault;
  return el("li", { class: ill ? "write" : "" },
    el("time", { datetime: c.at }, say(new Date(c.at), ctx.zone, { timeStyle: "medium" })), el("code", {}, c.method),
    el("span", {}, c.status ? `answered ${c.status}` : "no answer", c.error ? `, ${c.error}` : "", c.fault ? ` (${c.fault.replaceAll("_", " ")})` : ""));
}
