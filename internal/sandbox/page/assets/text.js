// Slack's mrkdwn as nodes. Links of the workspace itself lead to messages on this page; all others are shown and lead nowhere.

import { el } from "./dom.js";
import { say } from "./zone.js";

const emojis = {
  warning: "⚠️", white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", lock: "🔒", eyes: "👀", hourglass: "⏳", hourglass_flowing_sand: "⏳",
  no_entry: "⛔", octagonal_sign: "🛑", boom: "💥", rotating_light: "🚨", snowflake: "❄️", calendar: "📅", information_source: "ℹ️",
  bell: "🔔", tada: "🎉", wave: "👋", "+1": "👍", thumbsup: "👍", rocket: "🚀", fire: "🔥", question: "❓", clock3: "🕒", memo: "📝",
};
const entities = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

export const unescape = (s) => s.replace(/&(lt|gt|amp);/g, (e) => entities[e]);

export const emoji = (name) => (emojis[name] ? el("span", { role: "img", "aria-label": name.replaceAll("_", " ") }, emojis[name]) : `:${name}:`);

// The alternatives, in order: a block of code, code, <…>, an emoji, bold, italic, strike-through.
const marks = new RegExp([
  "```([^]+?)```", "`([^`\\n]+)`", "<([^<>\\n]+)>", ":([a-z0-9_+-]+):",
  "(?<![\\p{L}\\p{N}*])\\*(?=\\S)([^*\\n]*?[^*\\s])\\*(?![\\p{L}\\p{N}*])",
  "(?<![\\p{L}\\p{N}_])_(?=\\S)([^_\\n]*?[^_\\s])_(?![\\p{L}\\p{N}_])",
  "(?<![\\p{L}\\p{N}~])~(?=\\S)([^~\\n]*?[^~\\s])~(?![\\p{L}\\p{N}~])",
].join("|"), "gu");

// mrkdwn gives a text as nodes. ctx has me, zone, names by id, and open(channel, ts).
export function mrkdwn(text, ctx) {
  const out = [];
  let at = 0;
  for (const m of text.matchAll(marks)) {
    plain(text.slice(at, m.index), out);
    out.push(marked(m, ctx));
    at = m.index + m[0].length;
  }
  plain(text.slice(at), out);
  return out;
}

function plain(text, out) {
  text.split("\n").forEach((line, i) => {
    if (i > 0) out.push(el("br"));
    if (line) out.push(unescape(line));
  });
}

function marked(m, ctx) {
  const [whole, pre, code, angle, name, bold, italic, strike] = m;
  if (pre !== undefined) return el("pre", {}, unescape(pre));
  if (code !== undefined) return el("code", {}, unescape(code));
  if (angle !== undefined) return reference(angle, ctx);
  if (name !== undefined) return emojis[name] ? emoji(name) : whole;
  if (bold !== undefined) return el("strong", {}, mrkdwn(bold, ctx));
  if (italic !== undefined) return el("em", {}, mrkdwn(italic, ctx));
  return el("s", {}, mrkdwn(strike, ctx));
}

// reference is what stands in angle brackets: a person, a channel, a date, a ping, or a link.
function reference(inside, ctx) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : unescape(inside.slice(bar + 1));
  const id = target.slice(1);
  if (target.startsWith("@")) return person(id, ctx, label);
  if (target.startsWith("#")) return place(id, ctx, label);
  if (target.startsWith("!date^")) return moment(target, label, ctx);
  if (target.startsWith("!")) return el("span", { class: "mention loud" }, `@${label || ctx.names[id.split("^")[1]] || id}`);
  return link(unescape(target), label, ctx);
}

export const person = (id, ctx, label = "") => el("span", { class: id === ctx.me ? "mention me" : "mention" }, `@${ctx.names[id] || label || id}`);

export const place = (id, ctx, label = "") => el("span", { class: "mention" }, `#${ctx.names[id] || label || id}`);

export function link(url, label, ctx) {
  const m = /\/archives\/([A-Z0-9]+)\/p(\d+)(\d{6})(?:\?|$)/.exec(url);
  if (!m) return el("span", { class: "link", title: url }, label || url);
  return el("button", { type: "button", class: "link", onclick: () => ctx.open(m[1], `${m[2]}.${m[3]}`) }, label || url);
}

const day = { dateStyle: "medium" };
const shapes = {
  date_num: { dateStyle: "short" }, date: day, date_short: day, date_long: { dateStyle: "full" }, date_pretty: day,
  date_short_pretty: day, date_long_pretty: { dateStyle: "full" }, time: { timeStyle: "short" }, time_secs: { timeStyle: "medium" },
};

function moment(target, fallback, ctx) {
  const [, seconds, format] = target.split("^");
  const when = new Date(Number(seconds) * 1000);
  if (Number.isNaN(when.getTime()) || !format) return fallback;
  const shown = format.replace(/\{(\w+)\}/g, (whole, key) => (shapes[key] ? say(when, ctx.zone, shapes[key]) : whole));
  return el("time", { datetime: when.toISOString(), title: fallback }, shown);
}
