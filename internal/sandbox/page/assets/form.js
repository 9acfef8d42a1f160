// A form (Slack's modal): drawn once for each of its versions, so that what is typed stays while the page changes around it.

import { act } from "./api.js";
import { blocks, options, words } from "./blocks.js";
import { asJSON, byId, el, toast } from "./dom.js";

let drawn = ""; // whose, which form, which version
let inputs = {}; // by block id: {control, fault}

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
  for (const [id, { fault }] of Object.entries(inputs)) fault.textContent = (view.errors || {})[id] || "";
  if (!dialog.open) dialog.showModal();
}

function draw(dialog, me, view, ctx) {
  inputs = {};
  const cancel = () => act("close", { as: me, view: view.id }).then((wrong) => wrong && toast(wrong));
  const form = el("form", { class: "modal", novalidate: true },
    el("h2", {}, view.title),
    (view.blocks || []).map((b) => (b.type === "input" ? input(b, ctx) : blocks([b], ctx))),
    el("div", { class: "choice" },
      el("button", { type: "button", onclick: cancel }, "Cancel"),
      el("button", { type: "submit", class: "press primary" }, "Submit")));
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    send(me, view, form);
  });
  dialog.oncancel = (e) => { e.preventDefault(); cancel(); };
  dialog.replaceChildren(form);
}

async function send(me, view, form) {
  const values = {};
  let missing = false;
  for (const [id, { control, optional, fault }] of Object.entries(inputs)) {
    values[id] = control.value;
    const empty = !optional && control.value.trim() === "";
    fault.textContent = empty ? "Please fill this in." : "";
    missing ||= empty;
  }
  if (missing) return;
  const buttons = form.querySelectorAll("button");
  buttons.forEach((b) => { b.disabled = true; });
  const wrong = await act("submit", { as: me, view: view.id, values });
  buttons.forEach((b) => { b.disabled = false; });
  if (wrong) toast(wrong);
}

function input(b, ctx) {
  const control = entry(b.element);
  if (!control) return asJSON(`an input of type ${b.element.type}`, b);
  const fault = el("span", { class: "fault", role: "alert" });
  inputs[b.block_id] = { control, fault, optional: b.optional === true };
  return el("label", { class: "block input" },
    el("span", { class: "label" }, words(b.label, ctx), b.optional ? el("i", {}, " (optional)") : ""),
    control, fault,
    b.hint ? el("span", { class: "hint" }, words(b.hint, ctx)) : "");
}

function entry(e) {
  if (e.type === "static_select") return options(e, el("select", {}, el("option", { value: "" }, "—")));
  if (e.type !== "plain_text_input") return null;
  const node = el(e.multiline ? "textarea" : "input", {
    maxlength: e.max_length, placeholder: e.placeholder ? e.placeholder.text : null, spellcheck: "false",
  });
  node.value = e.initial_value || "";
  return node;
}
