// Attacks: what somebody would try who wants an account removed without consent, and what came of it.

import { act } from "../api.js";
import { byId, el, toast } from "../dom.js";
import { announce } from "../news.js";
import { mrkdwn } from "../text.js";
import { say } from "../zone.js";

const two = "/offboard quinn.ash@example.com provider:zitadel-v1 action:deactivate";

// Each attack: its heading, what it does, and what is pressed for it: [id, words, needs a request].
const attacks = [
  ["The same click again", "Delivers the last click a second time, byte for byte; or an approver's click whose signature is ten minutes old.",
    ["again", "Deliver it again", false], ["old", "Deliver an old one", true]],
  ["A forged click", "Sends an approver's click to the bot's address: signed with a guess, or in the query string of a request that Slack has signed well.",
    ["forge", "Sign with a guess", true], ["query", "Hide it in the query", true]],
  ["The card's buttons elsewhere", "nadia posts the card's buttons into #general under a harmless text, for an approver who believes it.", ["copy", "Post the copy", true]],
  ["Another account than was approved", "Gives the account another e-mail address at its provider. “Bring everybody back”, at the providers, takes it back.",
    ["address", "Change the address", true]],
];

let chosen = ""; // the request that is attacked; empty: the newest
let drawn = "";
let newest = null;

export function showAttacks(panel, state, ctx) {
  const it = state.attacks;
  tell(it.tried[0]);
  const version = JSON.stringify([ctx.me, it]);
  if (version === drawn && panel.children.length) return;
  drawn = version;
  const focused = panel.contains(document.activeElement) ? document.activeElement.id : "";
  const top = panel.scrollTop;
  const target = it.open.find((r) => r.name === chosen) || it.open[0];
  panel.replaceChildren(
    el("h2", {}, "Try to break it"),
    el("p", { class: "hint" }, "Whatever you try, nobody's account may be removed without the consent of a second person."),
    el("p", { id: "calls-made", class: it.calls ? "called" : "" }, `Calls to remove somebody at the providers so far: ${it.calls}`),
    on(it, target, ctx, () => { drawn = ""; showAttacks(panel, state, ctx); }),
    ...attacks.map(([title, what, ...ways]) => attack(title, what, ways.map(([id]) => id), it, ctx,
      el("div", { class: "actions" }, ways.map(([id, words, card]) => button(id, words, card && !target, () => tryIt({ do: id, request: target?.name || "" })))))),
    rights(it, target, ctx), strangers(it, target, ctx), pings(ctx), typed(target, ctx));
  panel.scrollTop = top;
  if (focused) byId(focused)?.focus();
}

// tell reads a new outcome to a screen reader.
function tell(last) {
  if (newest !== null && last && last.at !== newest) announce(last.says);
  newest = last?.at || "";
}

async function tryIt(what) {
  const wrong = await act("attack", { request: "", who: "", on: false, ...what });
  if (wrong) toast(wrong);
}

const button = (id, words, disabled, onclick) => el("button", { type: "button", class: "press", id: `attack-${id}`, disabled, onclick }, words);

// on says which request is attacked.
function on(it, target, ctx, again) {
  if (!target) {
    return el("section", { class: "provider attack" }, el("p", {}, "No request is open. Ask for one as alice; this one needs two approvals:"),
      el("div", { class: "actions" }, button("ask", "Fill in the command", false, () => ctx.fill(two))));
  }
  const menu = el("select", { id: "attack-on", "aria-label": "The request to attack", onchange: (e) => { chosen = e.target.value; again(); } },
    it.open.map((r) => el("option", { value: r.name }, `${r.name}: ${r.what}`)));
  menu.value = target.name;
  return el("section", { class: "provider attack" }, menu, el("p", { id: "counted" }, `${target.given} of ${target.of} approvals count.`),
    el("p", { class: "hint" }, "alice has asked for it, gus is a guest. Be one of them and click Approve:"),
    el("div", { class: "actions" }, button("card", "Show the card", false, () => ctx.open(target.channel, target.ts))));
}

function attack(title, what, kinds, it, ctx, ...controls) {
  return el("section", { class: "provider attack" }, el("h3", {}, title), el("p", {}, what), controls, outcome(it.tried.find((t) => kinds.includes(t.do)), ctx));
}

// outcome is what came of an attack, and where to look.
function outcome(t, ctx) {
  if (!t) return "";
  return el("div", { class: t.succeeded ? "came succeeded" : "came" },
    el("p", {}, el("time", { datetime: t.at }, say(new Date(t.at), ctx.zone, { timeStyle: "medium" })), ` ${t.says}`),
    t.since.length ? el("p", {}, "Since then the journal has:") : "",
    t.since.length ? el("ul", {}, t.since.map((line) => el("li", {}, mrkdwn(line, ctx)))) : "",
    el("p", { class: "look" },
      t.channel ? el("button", { type: "button", class: "link", id: `look-${t.do}`, onclick: () => ctx.open(t.channel, t.ts) }, `Show #${ctx.names[t.channel]}`) : "",
      el("button", { type: "button", class: "link", id: `journal-${t.do}`, onclick: () => byId("tab-journal").click() }, "Show the journal")));
}

const check = (id, words, checked, send) => el("label", {}, el("input", { type: "checkbox", id, checked, onchange: (e) => send(e.target.checked) }), words);

function rights(it, target, ctx) {
  const set = (way, p) => (v) => tryIt({ do: way, who: p.id, on: v, request: target?.name || "" });
  return attack("Who may approve", "Takes somebody the right to approve, also after they have approved.", ["may", "guest"], it, ctx,
    el("div", { class: "choices" }, it.approvers.map((p) => [
      check(`may-${p.id}`, `${p.name} is in the group of approvers`, p.may, set("may", p)), check(`guest-${p.id}`, `${p.name} is a guest`, p.guest, set("guest", p)),
    ])));
}

function strangers(it, target, ctx) {
  return attack("Strangers at the cards", "Shares the channel of the cards with another company, whose people see it and can click.", ["share"], it, ctx,
    el("div", { class: "choices" }, check("shared", "#offboarding is shared with another company", it.shared, (v) => tryIt({ do: "share", on: v, request: target?.name || "" }))));
}

function pings(ctx) {
  return el("section", { class: "provider attack" }, el("h3", {}, "A name that pings and looks like a decision"),
    el("p", {}, "Somebody gave quinn.ash such a name at ZITADEL. Ask for that account: the card shows the name as mere text, and notifies nobody."),
    el("div", { class: "actions" }, button("name", "Ask for quinn.ash", false, () => ctx.fill(two))));
}

function typed(target, ctx) {
  const name = target?.name || "OFF-1";
  const lines = [
    ["/offboard freeze somebody is breaking in", "bob or carol stops every call at once; it takes both, with unfreeze, to go on."],
    [`/offboard release ${name}`, "lets begin what a cap holds: the seventh removal that somebody approves in an hour. Not for who asked or approved."],
    [`/offboard withdraw ${name}`, "alice takes her request back."],
  ];
  return el("section", { class: "provider attack" }, el("h3", {}, "What stops it, typed"),
    el("ul", { class: "typed" }, lines.map(([line, what], i) => el("li", {}, el("p", {}, el("code", {}, line), ` ${what}`),
      el("button", { type: "button", class: "press", id: `type-${i}`, "aria-label": `Fill in ${line}`, onclick: () => ctx.fill(line) }, "Fill in")))));
}
