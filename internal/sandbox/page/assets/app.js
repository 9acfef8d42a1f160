// The page: who I am, the channels, the messages, the composer.

import { act, follow } from "./api.js";
import { blocks } from "./blocks.js";
import { byId, el, toast } from "./dom.js";
import { showForm } from "./form.js";
import { showProviders } from "./providers.js";
import { mrkdwn } from "./text.js";

const first = { me: "U0ALICE", channel: "C0GENERAL" };
const [me, place] = location.hash.slice(1).split("/"); // who and where, so that each tab of a browser can be somebody else
let state = null;
let channel = place || first.channel;
let unfollow = () => {};
let wanted = ""; // the ts of a message to show
const seen = {}; // the last ts that was looked at, by person and channel
const drawn = new Map(); // message nodes, by person, channel and ts

const ctx = {
  names: {},
  open: (id, ts) => { wanted = ts; go(id); },
};

function be(me) {
  unfollow();
  unfollow = follow(me, (next) => { state = next; standing(""); draw(); }, () => standing("The sandbox does not answer. Is it still running?"));
}

function standing(text) { byId("standing").textContent = text; }

function remember() { history.replaceState(null, "", `#${state.me}/${channel}`); }

function go(id) {
  channel = id;
  document.body.classList.remove("providers-shown");
  draw(true);
}

function draw(moved = false) {
  if (!state) return;
  ctx.names = state.names;
  if (!state.channels.some((c) => c.id === channel)) channel = state.channels.find((c) => c.direct && channel.startsWith("D"))?.id || first.channel;
  const here = state.channels.find((c) => c.id === channel);
  seen[`${state.me} ${channel}`] = latest(here);
  remember();
  drawPeople();
  drawChannels();
  byId("channel-name").textContent = title(here);
  drawMessages(here, moved);
  showForm(state.me, state.views, { ...ctx, press: (block, e, value) => press({ view: state.views.at(-1).id }, block, e, value) });
  showProviders(state.providers, offboard);
}

const title = (c) => (c.direct ? `${c.name} (direct messages)` : `#${c.name}`);

const latest = (c) => c.messages.reduce((ts, m) => [ts, m.ts, ...(m.replies || []).map((r) => r.ts)].sort().at(-1), "");

function drawPeople() {
  const box = byId("people");
  if (!box.children.length) {
    box.replaceChildren(...state.people.map((p) => el("label", { class: "person" },
      el("input", { type: "radio", name: "me", value: p.id, onchange: () => be(p.id) }),
      face(p.id), el("span", {}, p.name, el("small", {}, p.part)))));
  }
  box.querySelectorAll("input").forEach((radio) => { radio.checked = radio.value === state.me; });
}

function drawChannels() {
  const box = byId("channels");
  const of = state.channels.map((c) => c.id).join(" ");
  if (box.dataset.of !== of) {
    box.dataset.of = of;
    box.replaceChildren(...state.channels.map((c) => el("button", { type: "button", class: "place", value: c.id, onclick: () => go(c.id) },
      c.direct ? `✉ ${c.name}` : `# ${c.name}`)));
  }
  state.channels.forEach((c, i) => {
    const button = box.children[i];
    button.classList.toggle("fresh", latest(c) > (seen[`${state.me} ${c.id}`] || ""));
    if (c.id === channel) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  });
}

function drawMessages(c, moved) {
  const box = byId("messages");
  const atEnd = moved || box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  const nodes = c.messages.length ? c.messages.map((m) => cached(c.id, m, message)) : [cached(c.id, c, empty)];
  const same = nodes.length === box.children.length && nodes.every((n, i) => n === box.children[i]);
  if (!same) box.replaceChildren(...nodes);
  const target = wanted && box.querySelector(`[data-ts="${CSS.escape(wanted)}"]`);
  if (target) {
    wanted = "";
    target.scrollIntoView({ block: "start" });
    target.classList.add("found");
    setTimeout(() => target.classList.remove("found"), 2000);
  } else if (atEnd && !same) {
    box.scrollTop = box.scrollHeight;
  }
}

// cached keeps the node of what is as it was, so that focus and open details stay.
function cached(channelID, of, make) {
  const key = `${state.me} ${channelID} ${of.ts}`;
  const version = JSON.stringify(of);
  const old = drawn.get(key);
  if (old && old.version === version) return old.node;
  const node = make(of, channelID);
  drawn.set(key, { version, node });
  return node;
}

function message(m, channelID) {
  const own = { ...ctx, press: (block, e, value) => press({ channel: channelID, ts: m.ts }, block, e, value) };
  const body = m.blocks ? blocks(m.blocks, own) : el("p", {}, mrkdwn(m.text, own));
  const replies = m.replies || [];
  return el("article", { class: m.private ? "message private" : "message", "data-ts": m.ts },
    face(m.user),
    el("div", { class: "words" },
      m.private ? el("p", { class: "only" }, "Only visible to you") : "",
      el("p", { class: "by" }, el("strong", {}, state.names[m.user] || m.user), m.bot ? el("span", { class: "app" }, "APP") : "", clock(m.ts)),
      body,
      replies.length ? el("div", { class: "thread" }, replies.map((r) => message(r, channelID))) : ""));
}

function clock(ts) {
  const when = new Date(Number(ts.split(".")[0]) * 1000);
  return el("time", { datetime: when.toISOString() }, when.toLocaleTimeString("en-GB", { timeStyle: "short" }));
}

function face(id) {
  const name = (state.names[id] || "?").slice(0, 1).toUpperCase();
  return el("span", { class: `face face-${(id.charCodeAt(2) || 0) % 6}`, "aria-hidden": "true" }, name);
}

function empty(c) {
  if (c.direct) return el("p", { class: "empty" }, "The bot writes here what nobody else needs to see.");
  if (c.id !== first.channel) return el("p", { class: "empty" }, "Nothing here yet. Ask for a removal in #general.");
  return el("div", { class: "empty" },
    el("h3", {}, "Try it"),
    el("ol", {},
      el("li", {}, "Be ", el("strong", {}, "alice"), " and send ",
        el("button", { type: "button", class: "link", onclick: () => fill(state.try) }, state.try)),
      el("li", {}, "Look at the card in ", el("button", { type: "button", class: "link", onclick: () => go("C0APPROVALS") }, "#offboarding"),
        ", and try to approve it yourself."),
      el("li", {}, "Be ", el("strong", {}, "bob"), " and approve it. The thread says what came of it."),
      el("li", {}, "Make a provider misbehave, and see what the bot says then.")));
}

async function press(where, block, e, value) {
  const wrong = await act("press", { as: state.me, ...where, block: block || "", action: e.action_id, value });
  if (wrong) toast(wrong);
}

function fill(text) {
  document.body.classList.remove("providers-shown");
  byId("line").value = text;
  byId("line").focus();
}

function offboard(login, provider) {
  fill(`/offboard ${login} provider:${provider}`);
}

byId("composer").addEventListener("submit", async (e) => {
  e.preventDefault();
  const line = byId("line");
  const text = line.value;
  if (!text.trim() || !state) return;
  line.value = "";
  const wrong = await act("type", { as: state.me, channel, text });
  if (wrong) {
    toast(wrong);
    line.value ||= text;
  }
});

byId("to-providers").addEventListener("click", () => document.body.classList.toggle("providers-shown"));

be(/^U0[A-Z]+$/.test(me) ? me : first.me);
