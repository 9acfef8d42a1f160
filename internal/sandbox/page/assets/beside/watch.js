// What a call waits for, on top of the other side, from when the provider is asked until its outcome is known.

import { byId, el, place } from "../dom.js";
import { mrkdwn } from "../text.js";
import { now } from "../zone.js";

const stays = 45000; // ms for which an outcome is shown
const open = new Set(); // requests that are watched
const ended = new Map(); // requests whose outcome is shown, until when
const lines = new Map(); // nodes by request
const said = new Map(); // what was spoken of each
let list = [];
let ctx = {};

export function showWatch(state, context) {
  ctx = context;
  for (const r of state.requests) {
    if (r.watch) {
      open.add(r.name);
      ended.delete(r.name);
    } else if (open.delete(r.name)) ended.set(r.name, Date.now() + stays);
  }
  list = state.requests.filter((r) => r.watch || ended.has(r.name));
  draw();
}

function draw() {
  for (const [name, until] of ended) if (Date.now() > until) dismiss(name);
  const box = byId("watch");
  place(box, list.map(line));
  box.hidden = !list.length;
  speak();
}

// speak tells a screen reader each thing once, without the seconds.
function speak() {
  const news = [];
  for (const r of list) {
    const words = `${r.name}: ${r.watch ? standing(r) : plain(r.end)}`;
    if (said.get(r.name) !== words) news.push(words);
    said.set(r.name, words);
  }
  if (news.length) byId("watch-news").textContent = news.join(" ");
}

function dismiss(name) {
  ended.delete(name);
  list = list.filter((r) => r.watch || r.name !== name);
}

// line keeps the node of a request, so that its buttons keep the focus while its seconds go on.
function line(r) {
  const version = r.watch ? String(r.watch.human) : r.end;
  let node = lines.get(r.name);
  if (!node || node.version !== version) {
    node = { version, words: el("span"), box: null };
    node.box = el("p", { class: r.watch ? "watch" : "watch over" },
      r.watch ? "" : el("button", { type: "button", class: "dismiss", "aria-label": `Dismiss ${r.name}`, onclick: () => { dismiss(r.name); draw(); } }, "×"),
      el("button", { type: "button", class: "link", "aria-label": `Journal of ${r.name}`, onclick: () => ctx.journal(r.name) }, r.name), node.words,
      r.watch?.human ? el("span", {}, ". Two approvers, one after the other, record what they saw: ", resolving(r)) : "");
    if (!r.watch) node.words.replaceChildren(": ", ...mrkdwn(small(r.end), ctx));
    lines.set(r.name, node);
  }
  if (r.watch) {
    const text = counting(r);
    if (node.words.textContent !== text) node.words.textContent = text;
  }
  return node.box;
}

const small = (text) => text.slice(0, 1).toLowerCase() + text.slice(1);
const plain = (text) => text.replace(/<[^>|]*\|?([^>|]*)>/g, "$1").replace(/[*`]/g, "");

// standing says where a call stands, without the time.
function standing(r) {
  const w = r.watch;
  switch (w.stage) {
    case "asked": return `${w.vendor} was asked and has not answered.`;
    case "again": return `not done: ${w.why}. It is sent again.`;
    case "waits": return `not begun: ${w.why}. It is tried again.`;
    default: return w.human ? `outcome unknown, a human must look at ${w.vendor}.` : "outcome unknown; the account is read back.";
  }
}

// counting says it with the time, of which a second is spoken to nobody.
function counting(r) {
  const w = r.watch;
  switch (w.stage) {
    case "asked": return `: ${w.vendor} was asked ${span(now() - new Date(w.since))} ago and has not answered`;
    case "again": return `: not done: ${w.why}; ${later(w.next, "sent again", "being sent again now")}`;
    case "waits": return `: not begun: ${w.why}; ${later(w.next, "tried again", "being tried again now")}`;
    default: return `: outcome unknown${w.human ? `, a human must look at ${w.vendor}` : ""}${look(w)}`;
  }
}

// resolving puts the command into the composer.
function resolving(r) {
  const command = `${ctx.command} resolve ${r.name}`;
  return el("button", { type: "button", class: "link", onclick: () => ctx.fill(`${command} done `) }, command);
}

function look(w) {
  if (!w.next) return "";
  return `; ${later(w.next, "looked at again", "being looked at now")} (${nth(w.look)} look)`;
}

function later(at, then, at_once) {
  const left = new Date(at) - now();
  return at && left > 0 ? `${then} in ${span(left)}` : at_once;
}

const nth = (n) => `${n}${{ 1: "st", 2: "nd", 3: "rd" }[n % 100 > 10 && n % 100 < 14 ? 0 : n % 10] || "th"}`;

// span says how long, in one or two units.
function span(ms) {
  const s = Math.max(0, Math.ceil(ms / 1000));
  if (s < 100) return `${s} s`;
  if (s < 5400) return `${Math.floor(s / 60)} min${s < 600 && s % 60 ? ` ${s % 60} s` : ""}`;
  return `${Math.round(s / 3600)} h`;
}

setInterval(() => { if (list.length) draw(); }, 1000);
