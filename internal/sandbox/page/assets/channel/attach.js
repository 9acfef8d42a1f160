// Files that somebody is about to share: chosen, dropped or pasted, and listed over the line until they are sent or removed.

import { share } from "../api.js";
import { byId, el, toast } from "../dom.js";
import { size } from "./files.js";

const chosen = new Map(); // files, by whose they are and where
let where = "";
let most = 0; // bytes of a message's files

const mine = () => chosen.get(where) || [];

// anyAttached says whether something is to be sent with the line.
export const anyAttached = () => mine().length > 0;

// showAttached lists what somebody has chosen for a channel.
export function showAttached(state, channel) {
  most = state.mostFile;
  const key = `${state.me} ${channel.id}`;
  if (key === where) return;
  where = key;
  draw();
}

function draw() {
  const list = mine();
  byId("attached").hidden = !list.length;
  byId("attached").replaceChildren(...list.map((f) => el("li", {}, el("span", {}, el("strong", {}, f.name), ` ${size(f.size)}`),
    el("button", { type: "button", class: "press", "aria-label": `Remove ${f.name}`, onclick: () => remove(f) }, "Remove"))));
}

function remove(f) {
  chosen.set(where, mine().filter((other) => other !== f));
  draw();
  byId("line").focus();
}

function add(list) {
  const all = [...mine(), ...list];
  if (all.reduce((n, f) => n + f.size, 0) > most) {
    toast(`The files of a message may have ${size(most)} together.`);
    return;
  }
  chosen.set(where, all);
  draw();
  byId("line").focus();
}

// sendAttached shares what was chosen, with a text, and resolves to what went wrong.
export async function sendAttached(as, channel, text) {
  const key = where;
  const list = mine();
  const form = new FormData();
  for (const [name, value] of Object.entries({ as, channel, text })) form.set(name, value);
  for (const f of list) form.append("file", f, f.name);
  chosen.delete(key);
  draw();
  const wrong = await share(form);
  if (wrong) chosen.set(key, [...list, ...(chosen.get(key) || [])]);
  draw();
  return wrong;
}

// startAttach lets files be chosen, dropped on the channel and pasted into the line.
export function startAttach() {
  byId("attach").addEventListener("click", () => byId("picker").click());
  byId("picker").addEventListener("change", (e) => {
    add(e.target.files);
    e.target.value = "";
  });
  byId("line").addEventListener("paste", (e) => {
    if (!e.clipboardData.files.length) return;
    e.preventDefault();
    add(e.clipboardData.files);
  });
  const main = document.querySelector("main");
  main.addEventListener("dragover", (e) => { if (e.dataTransfer.types.includes("Files")) e.preventDefault(); });
  main.addEventListener("drop", (e) => {
    if (!e.dataTransfer.files.length) return;
    e.preventDefault();
    add(e.dataTransfer.files);
  });
}
