// The messages of a channel, with their threads.

import { attachments } from "../blocks/attachments.js";
import { blocks } from "../blocks/blocks.js";
import { byId, el, place } from "../dom.js";
import { inside } from "../blocks/elements.js";
import { files } from "./files.js";
import { draft, keepDraft } from "../kept.js";
import { reactions } from "./reactions.js";
import { focusOf } from "../refocus.js";
import { face } from "./side.js";
import { mrkdwn } from "../text.js";
import { say } from "../zone.js";

const drawn = new Map(); // message nodes, by person, channel and ts
const near = 80; // px from the end that count as the end

// showMessages draws a channel. moved: we have just come; ts: the message to show, if any.
export function showMessages(c, ctx, moved, ts) {
  const box = byId("messages");
  const atEnd = moved || box.scrollHeight - box.scrollTop - box.clientHeight < near;
  const nodes = c.messages.length ? c.messages.flatMap((m, i) => dated(c, m, c.messages[i - 1], ctx)) : [cached(c.id, { ts: "empty" }, ctx, () => empty(c, ctx))];
  const same = nodes.length === box.children.length && nodes.every((n, i) => n === box.children[i]);
  if (!same) replace(box, nodes);
  const target = ts && box.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
  if (target) point(target);
  else if (atEnd && !same) box.scrollTop = box.scrollHeight;
}

// replace keeps the focus where it was, also when a message was drawn anew.
function replace(box, nodes) {
  const focus = focusOf(box);
  place(box, nodes);
  focus();
}

function point(target) {
  target.scrollIntoView({ block: "start" });
  target.classList.add("found");
  setTimeout(() => target.classList.remove("found"), 2000);
}

const dayOf = (ts, zone) => say(new Date(Number(ts.split(".")[0]) * 1000), zone, { dateStyle: "full" });

// dated puts the day before the first message of each.
function dated(c, m, before, ctx) {
  const node = cached(c.id, m, ctx, () => message(m, c.id, ctx));
  const day = dayOf(m.ts, ctx.zone);
  if (before && dayOf(before.ts, ctx.zone) === day) return [node];
  return [cached(c.id, { ts: `day ${day}` }, ctx, () => el("p", { class: "day" }, el("span", {}, day))), node];
}

// cached keeps the node of what is as it was, so that focus and open details stay.
function cached(channelID, of, ctx, make) {
  const key = `${ctx.me} ${channelID} ${of.ts}`;
  const version = JSON.stringify(of);
  const old = drawn.get(key);
  if (old && old.version === version) return old.node;
  const node = make();
  drawn.set(key, { version, node });
  return node;
}

function message(m, channelID, ctx) {
  const own = inside({ channel: channelID, ts: m.ts }, { ...ctx, loose: true });
  const name = ctx.names[m.user] || m.user;
  return el("article", { class: m.private ? "message private" : "message", "data-ts": m.ts, tabindex: "-1", "aria-label": `${name}, ${clock(m.ts, ctx.zone)}` },
    face(m.user, ctx.names),
    el("div", { class: "words" },
      m.private ? el("p", { class: "only" }, "Only visible to you") : "",
      el("p", { class: "by" }, el("strong", {}, name), m.bot ? el("span", { class: "app" }, "APP") : "",
        el("time", { title: dayOf(m.ts, ctx.zone) }, m.later ? shortDay(m.ts, ctx.zone) : "", clock(m.ts, ctx.zone)), m.edited ? el("span", { class: "edited" }, "(edited)") : "",
        m.request ? el("button", { type: "button", class: "link journal-of", "data-action": "journal", onclick: () => ctx.journal(m.request) }, `Journal of ${m.request}`) : ""),
      m.blocks ? blocks(m.blocks, own) : m.text ? el("p", {}, mrkdwn(m.text, own)) : "",
      files(m.files, own), attachments(m.attachments, own), reactions(m, channelID, ctx),
      m.thread ? "" : thread(m, channelID, ctx)));
}

const shortDay = (ts, zone) => `${say(new Date(Number(ts) * 1000), zone, { day: "numeric", month: "short" })}, `;
const clock = (ts, zone) => say(new Date(Number(ts.split(".")[0]) * 1000), zone, { timeStyle: "short" });

function thread(m, channelID, ctx) {
  const replies = m.replies || [];
  if (m.private) return "";
  const count = `${replies.length} ${replies.length === 1 ? "reply" : "replies"}`;
  const answer = ctx.closed ? "" : el("details", { class: "answer", open: draft(ctx.me, channelID, m.ts) !== "" }, el("summary", {}, "Reply in thread"), replyForm(m, channelID, ctx));
  if (!replies.length) return answer;
  return el("div", { class: "thread", role: "group", "aria-label": `Thread, ${count}` },
    el("p", { class: "count" }, count),
    replies.map((r) => message({ ...r, thread: true, later: dayOf(r.ts, ctx.zone) !== dayOf(m.ts, ctx.zone) }, channelID, ctx)), answer);
}

function replyForm(m, channelID, ctx) {
  const { me } = ctx;
  const line = el("input", { type: "text", maxlength: "3000", "aria-label": "Reply in thread", "data-action": `reply ${m.ts}`, autocomplete: "off" });
  line.value = draft(me, channelID, m.ts);
  line.addEventListener("input", () => keepDraft(line.value, me, channelID, m.ts));
  return el("form", {
    class: "reply",
    onsubmit: async (e) => {
      e.preventDefault();
      const text = line.value;
      if (!text.trim()) return;
      line.value = "";
      keepDraft("", me, channelID, m.ts);
      if (!(await ctx.reply(m.ts, text))) return;
      line.value ||= text;
    },
  }, line, el("button", { type: "submit", class: "press" }, "Send"));
}

function empty(c, ctx) {
  if (c.direct) return el("p", { class: "empty" }, "The bot writes here what nobody else needs to see.");
  if (!ctx.try) return el("p", { class: "empty" }, "Nothing here yet. Every slash command that you send goes to your app.");
  if (c.id !== ctx.first) return el("p", { class: "empty" }, c.shared ? "People from another company read along here." : "Nothing here yet. Ask for a removal in #general.");
  const link = (text, onclick) => el("button", { type: "button", class: "link", onclick }, text);
  return el("div", { class: "empty" },
    el("h3", {}, "Try it"),
    el("ol", {},
      el("li", {}, "Be ", el("strong", {}, "alice"), " and send ", link(ctx.try, () => ctx.fill(ctx.try)), ", or ", link("/offboard", () => ctx.fill("/offboard")), " alone for a form."),
      el("li", {}, "Look at the card in ", link("#offboarding", () => ctx.open("C0APPROVALS")), ", and try to approve it yourself."),
      el("li", {}, "Be ", el("strong", {}, "bob"), " and approve it. The thread says what came of it."),
      el("li", {}, "On the other side, make a provider misbehave, and see what the bot says then.")));
}
