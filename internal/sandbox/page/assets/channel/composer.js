// The composer: a line to type, with what could be meant.

import { byId, el } from "../dom.js";
import { anyAttached } from "./attach.js";
import { draft, keepDraft } from "../kept.js";

let state = null;
let where = ""; // whose draft, and of which channel, stands in the line
let at = -1; // the suggestion that is marked; -1: none

const line = () => byId("line");

// showComposer puts the draft of whoever types here into the line.
export function showComposer(next, channel) {
  state = next;
  const key = `${state.me} ${channel.id}`;
  if (key === where) return;
  where = key;
  line().value = draft(state.me, channel.id);
  suggest();
}

export function fillLine(text) {
  line().value = text;
  line().focus();
  keep();
  suggest();
}

function keep() { if (where) keepDraft(line().value, ...where.split(" ")); }

// meant lists what could be meant by what is typed: {text: what the line becomes, name, hint}.
function meant(typed) {
  if (/^\/\S*$/.test(typed)) {
    return state.commands.filter((c) => c.name.startsWith(typed)).map((c) => ({ text: `${c.name} `, name: c.name, hint: c.hint }));
  }
  const mention = /(^|\s)@([a-z]*)$/.exec(typed);
  if (!mention) return [];
  const before = typed.slice(0, typed.length - mention[2].length);
  const all = [...state.people, { ...state.app, part: "the app" }];
  return all.filter((p) => p.name.startsWith(mention[2])).map((p) => ({ text: `${before}${p.name} `, name: `@${p.name}`, hint: p.part }));
}

function suggest() {
  if (!state) return;
  const typed = line().value;
  const all = document.activeElement === line() ? meant(typed) : [];
  at = all.length ? 0 : -1;
  byId("hints").replaceChildren(...all.map((s, i) => el("li", {
    id: `hint-${i}`, role: "option", "data-text": s.text, onmousedown: (e) => { e.preventDefault(); take(i); },
  }, el("strong", {}, s.name), ` ${s.hint}`)));
  const command = state.commands.find((c) => typed.startsWith(`${c.name} `));
  const usage = command ? `${command.name} ${command.hint}` : "";
  if (byId("usage").textContent !== usage) byId("usage").textContent = usage;
  mark();
}

function mark() {
  const options = [...byId("hints").children];
  byId("hints").hidden = !options.length;
  line().setAttribute("aria-expanded", String(options.length > 0));
  options.forEach((o, i) => o.setAttribute("aria-selected", String(i === at)));
  if (options[at]) line().setAttribute("aria-activedescendant", options[at].id);
  else line().removeAttribute("aria-activedescendant");
}

function close() {
  at = -1;
  byId("hints").replaceChildren();
  mark();
}

function take(i) {
  const text = byId("hints").children[i]?.dataset.text;
  if (text) fillLine(text);
}

// onKey moves among the suggestions. Enter takes one only where it adds something: a whole command is sent.
function onKey(e) {
  const n = byId("hints").children.length;
  if (!n) return;
  const adds = byId("hints").children[at]?.dataset.text.trim() !== line().value.trim();
  if (e.key === "ArrowDown") at = (at + 1) % n;
  else if (e.key === "ArrowUp") at = (at + n - 1) % n;
  else if (e.key === "Escape") close();
  else if (e.key === "Tab" && !e.shiftKey && adds || e.key === "Enter" && adds) take(at);
  else return;
  e.preventDefault();
  mark();
}

// startComposer calls send(text) for each line, which resolves to what went wrong.
export function startComposer(send) {
  line().addEventListener("input", () => { keep(); suggest(); });
  line().addEventListener("keydown", onKey);
  line().addEventListener("focus", suggest);
  line().addEventListener("blur", close);
  byId("composer").addEventListener("submit", async (e) => {
    e.preventDefault();
    const text = line().value;
    if (!text.trim() && !anyAttached()) return;
    line().value = "";
    keep();
    close();
    byId("usage").textContent = "";
    const whose = where;
    if (!(await send(text))) return;
    if (whose === where) line().value ||= text;
    keep();
  });
}
