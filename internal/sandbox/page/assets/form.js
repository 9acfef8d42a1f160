// A form (Slack's modal): drawn once for each of its versions, so that what is typed stays while the page changes around it.

import { act } from "./api.js";
import { blocks } from "./blocks.js";
import { asJSON, byId, el, fresh, toast } from "./dom.js";
import { words } from "./elements.js";
import { entry } from "./inputs.js";

let drawn = ""; // whose, which form, which version
let inputs = {}; // by block id: {control, value, fault, optional}

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
  for (const [id, input] of Object.entries(inputs)) blame(input, (view.errors || {})[id] || "");
  if (!dialog.open) dialog.showModal();
}

function draw(dialog, me, view, ctx) {
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
  if (dialog.open) form.querySelector("input, select, textarea, button")?.focus();
}

// blame says what is wrong at a field.
function blame({ control, fault }, text) {
  if (fault.textContent === text) return;
  fault.textContent = text;
  if (text) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
}

async function send(me, view, form) {
  const values = {};
  let missing = null;
  for (const [id, input] of Object.entries(inputs)) {
    values[id] = input.value();
    const empty = !input.optional && values[id].trim() === "";
    blame(input, empty ? "Please fill this in." : "");
    if (empty) missing ||= input.control;
  }
  if (missing) {
    (missing.querySelector("input") || missing).focus();
    return;
  }
  const buttons = form.querySelectorAll("button");
  buttons.forEach((b) => { b.disabled = true; });
  const wrong = await act("submit", { as: me, view: view.id, values });
  buttons.forEach((b) => { b.disabled = false; });
  if (wrong) toast(wrong);
}

function input(b, ctx) {
  const it = entry(b.element, ctx);
  if (!it) return asJSON(`an input of type ${b.element.type}`, b);
  const control = it.node;
  control.id = fresh("field");
  const fault = el("p", { class: "fault", id: `${control.id}-fault`, role: "alert" });
  const hint = [b.hint ? words(b.hint, ctx) : "", it.note ? ` ${it.note}` : ""].flat().filter((h) => h);
  const about = el("p", { class: "hint", id: `${control.id}-hint` }, hint);
  control.setAttribute("aria-describedby", `${about.id} ${fault.id}`);
  inputs[b.block_id] = { control, value: it.value, fault, optional: b.optional === true };
  const label = [words(b.label, ctx), b.optional ? el("i", {}, " (optional)") : ""];
  if (it.group) {
    control.prepend(el("legend", { class: "label" }, label));
    return el("div", { class: "block input" }, control, fault, hint.length ? about : "");
  }
  if (!b.optional) control.setAttribute("aria-required", "true");
  return el("div", { class: "block input" }, el("label", { class: "label", for: control.id }, label), control, fault, hint.length ? about : "");
}
