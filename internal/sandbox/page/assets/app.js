// The page: who I am and where, and everything else by the state that the sandbox sends.

import { act, ask, follow } from "./api.js";
import { anyAttached, sendAttached, showAttached, startAttach } from "./channel/attach.js";
import { openJournal, showAside } from "./beside/aside.js";
import { showNow } from "./beside/clock.js";
import { fillLine, showComposer, startComposer } from "./channel/composer.js";
import { byId, toast } from "./dom.js";
import { keep } from "./blocks/dialogs.js";
import { showForm } from "./blocks/form.js";
import { heldIn } from "./blocks/held.js";
import { onHome, showApp } from "./channel/home.js";
import { readUpTo } from "./kept.js";
import { showMessages } from "./channel/messages.js";
import { tellNews } from "./news.js";
import { setAhead } from "./zone.js";
import { latest, showChannels, showPeople, title } from "./channel/side.js";

const first = { me: "U0ALICE", channel: "C0GENERAL" };
const [me, place, page] = location.hash.slice(1).split("/"); // who and where, so that each tab of a browser can be somebody else
let state = null;
let channel = place || first.channel;
let tab = page || "home"; // of the app's own page
let unfollow = () => {};

const ctx = {
  open: (id, ts) => go(id, ts),
  first: first.channel,
  suggest: (where, block, e, value) => ask("suggest", { as: state.me, ...where, block: block || "", action: e.action_id, value }),
  press: async (where, block, e, value) => say(await act("press", {
    as: state.me, ...where, block: block || "", action: e.action_id, value, held: heldIn(state.me, where),
  })),
  reply: (ts, text) => send(text, ts),
  journal: (name) => {
    show(true);
    openJournal(name, state, ctx);
  },
  fill: (text) => {
    show(false);
    fillLine(text);
  },
};

function say(wrong) {
  if (wrong) toast(wrong);
  return wrong;
}

function be(me) {
  unfollow();
  unfollow = follow(me, (next) => { state = next; standing(""); draw(); }, () => standing("The sandbox does not answer. Is it still running?"));
}

function standing(text) { if (byId("standing").textContent !== text) byId("standing").textContent = text; }

function go(id, ts = "") {
  channel = id;
  if (ts) tab = "messages";
  show(false);
  draw(true, ts);
  byId("channel-name").focus({ preventScroll: true });
}

// show puts the other side in the place of the channel, where there is room for one of them only.
function show(aside) {
  document.body.classList.toggle("aside-shown", aside);
  byId("to-aside").setAttribute("aria-pressed", String(aside));
}

async function send(text, thread = "") {
  return say(await act("type", { as: state.me, channel, thread, text }));
}

function draw(moved = false, ts = "") {
  if (!state) return;
  const here = where();
  setAhead(state.ahead);
  Object.assign(ctx, {
    mentioned: state.mentioned || {},
    me: state.me, names: state.names, zone: state.people.find((p) => p.id === state.me).zone, people: state.people.map((p) => p.id),
    channels: state.channels.filter((c) => !c.direct).map((c) => c.id), try: state.try, reacts: !state.ours, command: state.commands[0]?.name,
    closed: here.direct && !state.app.writable,
  });
  const home = onHome(state, here, tab);
  if (document.visibilityState === "visible" && !home) readUpTo(state.me, here.id, latest(here));
  history.replaceState(null, "", `#${state.me}/${channel}${here.direct ? `/${tab}` : ""}`);
  document.title = `${title(here)} – ${ctx.names[state.me]} – Offboard sandbox`;
  showPeople(state, be);
  showChannels(state, channel, go);
  byId("channel-name").textContent = title(here);
  byId("channel-note").textContent = here.shared ? "Shared with another company" : "";
  showApp(state, here, tab, ctx, (next) => {
    tab = next;
    draw(true);
  });
  showMessages(here, ctx, moved, ts);
  showComposer(state, here);
  showAttached(state, here);
  showForm(state.me, state.views, ctx);
  showAside(state, ctx);
  showNow(state, ctx);
  tellNews(state);
}

// where is the channel that is looked at. Somebody else may not see it; their own messages with the bot take the place of another's.
function where() {
  const found = state.channels.find((c) => c.id === channel) || (channel.startsWith("D") && state.channels.find((c) => c.direct)) ||
    state.channels.find((c) => c.id === first.channel) || state.channels[0];
  channel = found.id;
  return found;
}

document.querySelectorAll("dialog").forEach(keep);
startComposer((text) => {
  if (!state) return "wait";
  return anyAttached() ? sendAttached(state.me, channel, text).then(say) : send(text);
});
startAttach();
byId("to-aside").addEventListener("click", () => show(!document.body.classList.contains("aside-shown")));
document.addEventListener("visibilitychange", () => draw());
setInterval(() => draw(), 10000); // clocks

be(/^U0[A-Z]+$/.test(me) ? me : first.me);
