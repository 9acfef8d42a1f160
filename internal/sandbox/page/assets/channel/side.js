// Who I am, and the channels.

import { byId, el } from "../dom.js";
import { readTo } from "../kept.js";
import { now, say } from "../zone.js";

export const title = (c) => (c.direct ? `${c.name} (direct messages)` : `#${c.name}`);

const all = (c) => c.messages.flatMap((m) => [m, ...(m.replies || [])]);

// latest is the ts of the newest message of a channel, threads included.
export const latest = (c) => all(c).reduce((ts, m) => (m.ts > ts ? m.ts : ts), "");

export function face(id, names) {
  const name = (names[id] || "?").slice(0, 1).toUpperCase();
  return el("span", { class: `face face-${(id.charCodeAt(2) || 0) % 6}`, "aria-hidden": "true" }, name);
}

export function showPeople(state, be) {
  const box = byId("people");
  if (!box.children.length) {
    box.replaceChildren(...state.people.map((p) => el("label", { class: "person" },
      el("input", { type: "radio", name: "me", value: p.id, onchange: () => be(p.id) }),
      face(p.id, state.names), el("span", {}, p.name, el("small", {}, el("span", { class: "part" }, p.part), el("span", { class: "zone", "data-zone": p.zone, "aria-hidden": "true" }))))));
  }
  box.querySelectorAll("input").forEach((radio) => { radio.checked = radio.value === state.me; });
  box.querySelectorAll(".part").forEach((node, i) => { if (node.textContent !== state.people[i].part) node.textContent = state.people[i].part; });
  box.querySelectorAll(".zone").forEach((z) => {
    const text = `, ${say(now(), z.dataset.zone, { timeStyle: "short" })}`;
    if (z.textContent !== text) z.textContent = text;
    z.title = z.dataset.zone;
  });
}

export function showChannels(state, channel, go) {
  const box = byId("channels");
  const of = state.channels.map((c) => c.id).join(" ");
  if (box.dataset.of !== of) {
    box.dataset.of = of;
    box.replaceChildren(...state.channels.map((c) => el("li", {},
      el("button", { type: "button", class: "place", value: c.id, onclick: () => go(c.id) },
        el("span", { class: "place-name" }, c.direct ? `✉ ${c.name}` : `# ${c.name}`), el("span", { class: "unread" })))));
  }
  state.channels.forEach((c, i) => mark(box.children[i].firstChild, c, state, channel));
}

// mark says how much is unread, and where we are.
function mark(button, c, state, channel) {
  const unread = all(c).filter((m) => m.ts > readTo(state.me, c.id) && m.user !== state.me).length;
  button.classList.toggle("fresh", unread > 0);
  const badge = button.querySelector(".unread");
  const text = unread ? String(unread) : "";
  if (badge.dataset.n !== text) {
    badge.dataset.n = text;
    badge.replaceChildren(...(unread ? [text, el("span", { class: "hidden" }, " unread")] : []));
  }
  if (c.id === channel) button.setAttribute("aria-current", "page");
  else button.removeAttribute("aria-current");
}
