// The journal of the bot: each request's records in their order, with the hashes that chain them.

import { byId, el } from "../dom.js";
import { choice, keepChoice } from "../kept.js";
import { mrkdwn } from "../text.js";
import { say } from "../zone.js";

let chosen = choice("request"); // the request that is shown; empty, or gone: the newest
let receipts = choice("receipts") === "yes";
let drawn = "";

// pickRequest is the request to show from now on.
export function pickRequest(name) {
  chosen = name;
  keepChoice("request", name);
}

export function showJournal(panel, list, ctx) {
  const shown = list.find((r) => r.name === chosen) || list[0];
  const version = JSON.stringify([ctx.me, receipts, shown && { ...shown, watch: null }, list.map((r) => [r.name, r.state])]);
  if (version === drawn && panel.children.length) return;
  drawn = version;
  const focused = panel.contains(document.activeElement) ? document.activeElement.id : "";
  const top = panel.scrollTop;
  panel.replaceChildren(...(shown ? whole(panel, list, shown, ctx) : [title(), el("p", { class: "hint" }, "No request yet.")]));
  panel.scrollTop = top;
  if (focused) byId(focused)?.focus();
}

const title = () => el("h2", {}, "The bot's journal");

function whole(panel, list, shown, ctx) {
  const again = () => showJournal(panel, list, ctx);
  const menu = el("select", { id: "request", "aria-label": "Request", onchange: (e) => { pickRequest(e.target.value); panel.scrollTop = 0; again(); } },
    list.map((r) => el("option", { value: r.name }, `${r.name}: ${r.state}`)));
  menu.value = shown.name;
  const told = shown.events.filter((e) => !e.hash).length;
  return [
    el("div", { class: "journal-head" }, title(), menu,
      shown.card ? el("button", { type: "button", id: "show-card", class: "press", onclick: () => ctx.open(shown.card.channel, shown.card.ts) }, "Show the card") : "",
      el("a", { class: "press", href: `api/journal/${shown.name}.json`, download: true }, `Download ${shown.name}`)),
    chain(shown),
    told ? el("label", { class: "receipts" }, toggle(again), `Also what Slack was told (${told} ${told === 1 ? "record" : "records"})`) : "",
    el("ol", { class: "records" }, shown.events.filter((e) => e.hash || receipts).map((e, i, all) => record(e, all[i - 1], ctx))),
  ];
}

function toggle(again) {
  const box = el("input", { type: "checkbox", id: "receipts", onchange: () => {
    receipts = box.checked;
    keepChoice("receipts", receipts ? "yes" : "");
    again();
  } });
  box.checked = receipts;
  return box;
}

function chain(shown) {
  if (!shown.broken) return el("p", { class: "hint" }, "Every hash follows from the one before it: the chain is whole.");
  return el("div", { class: "broken" }, el("strong", {}, "The chain is broken"),
    el("p", {}, `${shown.broken}. The journal is not what the bot wrote: from there on it proves nothing.`));
}

// record is one record; the first of each day says which day it is.
function record(e, before, ctx) {
  const when = new Date(e.at);
  const day = (at) => say(new Date(at), ctx.zone, { day: "numeric", month: "short" });
  return el("li", { class: `record${e.hash ? "" : " receipt"}${e.bad ? " bad" : ""}`, value: String(e.seq) },
    el("time", { datetime: e.at, title: say(when, ctx.zone, { dateStyle: "full" }) }, before && day(before.at) === day(e.at) ? "" : `${day(e.at)}, `, say(when, ctx.zone, { timeStyle: "medium" })),
    e.bad ? el("strong", { class: "fault" }, " Here the chain breaks") : "",
    el("p", {}, mrkdwn(e.says, ctx)),
    e.hash ? el("p", { class: "hash", title: `${e.hash}, after ${e.prev || "nothing"}` },
      el("code", {}, e.prev ? e.prev.slice(0, 8) : "first", el("span", { class: "arrow" }, " → "), el("strong", {}, e.hash.slice(0, 8)))) : "");
}
