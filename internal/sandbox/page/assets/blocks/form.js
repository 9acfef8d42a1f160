// A form (Slack's modal): drawn once for each of its versions, so that what is typed stays while the page changes around it.

import { act } from "../api.js";
import { blocks } from "./blocks.js";
import { regain } from "./dialogs.js";
import { byId, el, toast } from "../dom.js";
import { inside } from "./elements.js";
import { field } from "./field.js";
import { heldIn } from "./held.js";
import { focusOf } from "../refocus.js";

let drawn = ""; // whose, which form, which version
let opener = null; // what had the focus before
let inputs = {}; // by block id: what field gives

// showForm shows the uppermost of somebody's open forms, or none.
export function showForm(me, views, ctx) {
  const dialog = byId("form");
  const view = views.at(-1);
  if (!view) {
    drawn = "";
    if (dialog.open) {
      dialog.close();
      regain(opener);
    }
    return;
  }
  const version = `${me} ${view.id} ${view.hash}`;
  if (version !== drawn) {
    drawn = version;
    draw(dialog, me, view, ctx);
  }
  for (const [id, input] of Object.entries(inputs)) blame(input, (view.errors || {})[id] || input.empty);
  if (dialog.open) return;
  opener = document.activeElement;
  dialog.showModal();
}

function draw(dialog, me, view, outer) {
  const ctx = inside({ view: view.id }, outer);
  const focus = focusOf(dialog);
  inputs = {};
  const cancel = () => act("close", { as: me, view: view.id }).then((wrong) => wrong && toast(wrong));
  const form = el("form", { class: "modal", novalidate: true },
    el("h2", { id: "form-title" }, view.title),
    el("div", { class: "fields-of-form" }, (view.blocks || []).map((b) => (b.type === "input" ? input(b, ctx) : blocks([b], ctx)))),
    el("div", { class: "choice" },
      el("button", { type: "button", class: "press", onclick: cancel }, view.close),
      view.submit ? el("button", { type: "submit", class: "press primary" }, view.submit) : ""));
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    send(me, view, form);
  });
  dialog.oncancel = (e) => { e.preventDefault(); cancel(); };
  dialog.replaceChildren(form);
  if (dialog.open && !focus()) form.querySelector("input, select, textarea, button")?.focus();
}

// blame says what is wrong at a field.
function blame({ it, fault }, text) {
  if (fault.textContent === text) return;
  fault.textContent = text;
  const marked = it.node.role === "radiogroup" ? [it.node] : it.group || [it.control];
  for (const m of marked) {
    if (text) m.setAttribute("aria-invalid", "true");
    else m.removeAttribute("aria-invalid");
  }
}

async function send(me, view, form) {
  const values = {};
  let missing = null;
  for (const [id, input] of Object.entries(inputs)) {
    values[id] = input.it.value();
    input.empty = !input.optional && values[id].trim() === "" ? "Please fill this in." : "";
    blame(input, input.empty);
    if (input.empty) missing ||= input.it.control;
  }
  if (missing) {
    missing.focus();
    return;
  }
  if (form.getAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true"); // the buttons keep the focus
  const wrong = await act("submit", { as: me, view: view.id, values, held: heldIn(me, { view: view.id }) });
  form.removeAttribute("aria-busy");
  if (wrong) toast(wrong);
}

function input(b, ctx) {
  const drawn = field(b, ctx);
  if (drawn.it) inputs[b.block_id] = drawn;
  return drawn.node;
}
