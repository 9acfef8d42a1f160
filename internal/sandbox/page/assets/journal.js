// The journal of the bot: each request's records in their order, with the hashes that chain them.

import { byId, el } from "./dom.js";
import { mrkdwn } from "./text.js";
import { say } from "./zone.js";

let chosen = ""; // the request that is shown; empty: the newest
let drawn = "";

export function showJournal(panel, list, ctx) {
  const shown = list.find((r) => r.name === chosen) || list[0];
  const version = JSON.stringify([ctx.me, shown, list.map((r) => [r.name, r.state])]);
  if (version === drawn && panel.children.length) return;
  drawn = version;
  const focused = panel.contains(document.activeElement) ? document.activeElement.id : "";
  const top = panel.scrollTop;
  panel.replaceChildren(el("h2", {}, "The bot's journal"), ...(shown ? whole(panel, list, shown, ctx) : [el("p", { class: "hint" }, "No request yet.")]));
  panel.scrollTop = top;
  if (focused) byId(focused)?.focus();
}

function whole(panel, list, shown, ctx) {
  const menu = el("select", {
    id: "request", "aria-label": "Request",
    onchange: (e) => {
      chosen = e.target.value;
      showJournal(panel, list, ctx);
    },
  }, list.map((r) => el("option", { value: r.name }, `${r.name}: ${r.state}`)));
  menu.value = shown.name;
  const chain = shown.broken
    ? el("p", { class: "fault" }, `The chain is broken: ${shown.broken}`)
    : el("p", { class: "hint" }, "Every hash follows from the one before it. Records without one only note what Slack was told.");
  return [menu, chain, el("a", { class: "press", href: `api/journal/${shown.name}.json`, download: true }, `Download ${shown.name}`), el("ol", { class: "records" }, shown.events.map((e, i) => record(e, shown.events[i - 1], ctx)))];
}

// record is one record; the first of each day says which day it is.
function record(e, before, ctx) {
  const when = new Date(e.at);
  const day = (at) => say(new Date(at), ctx.zone, { day: "numeric", month: "short" });
  return el("li", { class: e.hash ? "record" : "record receipt", value: String(e.seq) },
    el("time", { datetime: e.at, title: say(when, ctx.zone, { dateStyle: "full" }) }, before && day(before.at) === day(e.at) ? "" : `${day(e.at)}, `, say(when, ctx.zone, { timeStyle: "medium" })),
    el("p", {}, mrkdwn(e.says, ctx)),
    e.hash ? el("p", { class: "hash", title: `${e.hash}, after ${e.prev || "nothing"}` }, el("code", {}, e.prev ? `${e.prev.slice(0, 8)} → ` : "first → ", el("strong", {}, e.hash.slice(0, 8)))) : "");
}
