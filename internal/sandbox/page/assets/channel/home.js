// The app's own page: its tabs Home and Messages, where it has a Home tab, and what it has published there for whoever looks.

import { act } from "../api.js";
import { blocks } from "../blocks/blocks.js";
import { byId, el, toast } from "../dom.js";
import { inside } from "../blocks/elements.js";
import { focusOf } from "../refocus.js";

let told = ""; // who has come to which tab
let drawn = ""; // whose Home tab, and which version, stands there

const tabs = [["home", "Home"], ["messages", "Messages"]];

// onHome reports whether the Home tab of the app is what is looked at.
export const onHome = (state, here, tab) => here.direct && state.app.homeTab && tab === "home";

// showApp shows the app's page at a tab, or none of it where we are elsewhere. pick is called with another tab.
export function showApp(state, here, tab, ctx, pick) {
  const home = onHome(state, here, tab);
  arrive(state.me, here.direct ? (home ? "home" : "messages") : "");
  byId("app-tabs").hidden = !here.direct || !state.app.homeTab;
  byId("home").hidden = !home;
  byId("messages").hidden = home;
  byId("closed").hidden = !here.direct || state.app.writable;
  byId("composer").hidden = home || !byId("closed").hidden;
  if (!byId("app-tabs").hidden) mark(home ? "home" : "messages", pick);
  if (home) draw(state, ctx);
}

// arrive tells the app when somebody comes to a tab of its page.
function arrive(me, tab) {
  const now = tab && `${me} ${tab}`;
  if (now === told) return;
  told = now;
  if (tab) act("open", { as: me, tab }).then((wrong) => wrong && toast(wrong));
}

function mark(shown, pick) {
  const box = byId("app-tabs");
  const go = (id) => {
    pick(id);
    byId(`app-tab-${id}`).focus();
  };
  if (!box.children.length) {
    box.replaceChildren(...tabs.map(([id, name], i) => el("button", {
      type: "button", role: "tab", id: `app-tab-${id}`, "aria-controls": id, onclick: () => go(id),
      onkeydown: (e) => { if (e.key === "ArrowRight" || e.key === "ArrowLeft") go(tabs[1 - i][0]); },
    }, name)));
  }
  for (const tab of box.children) {
    const on = tab.id === `app-tab-${shown}`;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
  }
}

function draw(state, ctx) {
  const { home, hash, name } = state.app;
  const version = `${state.me} ${home} ${hash}`;
  if (version === drawn) return;
  drawn = version;
  const box = byId("home");
  const focus = focusOf(box);
  const own = inside({ view: home }, { ...ctx, loose: true });
  box.replaceChildren(...(home ? blocks(state.app.blocks || [], own)
    : [el("p", { class: "empty" }, `${name} has published nothing for you yet. It is told that you are here (app_home_opened), and answers with views.publish.`)]));
  focus();
}
