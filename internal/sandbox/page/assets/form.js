// A form (Slack's modal): drawn once for each of its versions, so that what is typed stays while the page changes around it.

import { act } from "./api.js";
import { blocks } from "./blocks.js";
import { asJSON, byId, el, fresh, toast } from "./dom.js";
import { words } from "./elements.js";
import { entry } from "./inputs.js";

let drawn = ""; // whose, which form, which version
let whose = ""; // the first two of these
let inputs = {}; // by block id: what entry gives, the element, its fault and whether it is optional

// showForm shows the uppermost of somebody's open forms, or none.
export function showForm(me, views, ctx) {
  const dialog = byId("form");
  const view = views.at(-1);
  if (!view) {
    drawn = "";
    if (dialog.open) dialog.close();
    return;
  }
  const version = `${me} ${view.id} ${view.hash}`;
  if (version !== drawn) {
    drawn = version;
    draw(dialog, me, view, ctx);
  }
  for (const [id, input] of Object.entries(inputs)) blame(input, (view.errors || {})[id] || input.empty);
  if (!dialog.open) dialog.showModal();
}

function draw(dialog, me, view, ctx) {
  const before = whose === `${me} ${view.id}` ? inputs : {};
  whose = `${me} ${view.id}`;
  inputs = {};
  const cancel = () => act("close", { as: me, view: view.id }).then((wrong) => wrong && toast(wrong));
  const form = el("form", { class: "modal", novalidate: true },
    el("h2", { id: "form-title" }, view.title),
    el("div", { class: "fields-of-form" }, (view.blocks || []).map((b) => (b.type === "input" ? input(b, ctx, before) : blocks([b], ctx)))),
    el("div", { class: "choice" },
      el("button", { type: "button", class: "press", onclick: cancel }, view.close),
      view.submit ? el("button", { type: "submit", class: "press primary" }, view.submit) : ""));
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    send(me, view, form);
  });
  dialog.oncancel = (e) => { e.preventDefault(); cancel(); };
  dialog.replaceChildren(form);
  if (dialog.open && !dialog.contains(document.activeElement)) form.querySelector("input, select, textarea, button")?.focus();
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
  const wrong = await act("submit", { as: me, view: view.id, values });
  form.removeAttribute("aria-busy");
  if (wrong) toast(wrong);
}

// input draws a field. What stood in the same field of the form's version before is kept, as Slack does where block and action ids stay.
function input(b, ctx, before) {
  const e = b.element;
  const it = entry(e, ctx, b.block_id, true);
  if (!it) return asJSON(`an input of type ${e.type}`, b);
  const old = before[b.block_id];
  if (old && old.e.type === e.type && old.e.action_id === e.action_id) it.set(old.it.held());
  const about = it.group ? it.node : it.control;
  about.id = fresh("field");
  const fault = el("p", { class: "fault", id: `${about.id}-fault`, role: "alert" });
  const hint = [b.hint ? words(b.hint, ctx) : "", it.note ? ` ${it.note}` : ""].flat().filter((h) => h);
  const more = hint.length ? el("p", { class: "hint", id: `${about.id}-hint` }, hint) : "";
  about.setAttribute("aria-describedby", more ? `${more.id} ${fault.id}` : fault.id);
  inputs[b.block_id] = { it, e, fault, optional: b.optional === true, empty: "" };
  const label = [words(b.label, ctx), b.optional ? el("i", {}, " (optional)") : ""];
  if (it.group) it.node.prepend(el("legend", { class: "label" }, label));
  else if (!b.optional) about.setAttribute("aria-required", "true");
  return el("div", { class: "block input" }, it.group ? "" : el("label", { class: "label", for: about.id }, label), it.node, fault, more);
}
