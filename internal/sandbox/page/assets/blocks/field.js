// An input block: a label, what is entered, what is wrong with it, and a hint. In forms, messages and the Home tab.

import { asJSON, el, fresh } from "../dom.js";
import { nameOf, words } from "./elements.js";
import { keep, putBack } from "./held.js";
import { entry } from "./inputs.js";

// field gives {node, it, fault, optional, empty}: it is what entry gives, and is missing where the page has no picture for the element.
export function field(b, ctx) {
  const e = b.element;
  const it = entry(e, ctx, b.block_id, true);
  if (!it) return { node: asJSON(`an input of type ${e.type}`, b) };
  putBack(it, e, b.block_id, ctx);
  listen(it, b, ctx);
  const about = it.group ? it.node : it.control;
  about.id = fresh("field");
  for (const c of it.group || [it.control]) c.setAttribute("data-action", it.group ? `${nameOf(e, b)} ${c.value}` : nameOf(e, b));
  const fault = el("p", { class: "fault", id: `${about.id}-fault`, role: "alert" });
  const hint = [b.hint ? words(b.hint, ctx) : "", b.hint && it.note ? ". " : "", it.note || ""].flat().filter((h) => h);
  const more = hint.length ? el("p", { class: "hint", id: `${about.id}-hint` }, hint) : "";
  about.setAttribute("aria-describedby", more ? `${more.id} ${fault.id}` : fault.id);
  const label = [words(b.label, ctx), b.optional ? el("i", {}, " (optional)") : ""];
  if (it.group) it.node.prepend(el("legend", { class: "label" }, label));
  else if (!b.optional && !ctx.loose) about.setAttribute("aria-required", "true");
  const node = el("div", { class: "block input" }, it.group ? "" : el("label", { class: "label", for: about.id }, label), it.node, fault, more);
  return { node, it, fault, optional: b.optional === true, empty: "" };
}

// listen keeps what is entered, and sends it where the block wants to be told (dispatch_action): a choice at once, a text at Enter or at each letter.
function listen(it, b, ctx) {
  const e = b.element;
  const tell = () => { if (b.dispatch_action) ctx.press(b.block_id, e, it.value()); };
  const text = /_input$/.test(e.type);
  const at = e.dispatch_action_config?.trigger_actions_on || ["on_enter_pressed"];
  it.node.addEventListener("input", () => {
    keep(it, e, b.block_id, ctx);
    if (text && at.includes("on_character_entered")) tell();
  });
  it.node.addEventListener("change", () => {
    keep(it, e, b.block_id, ctx);
    if (!text) tell();
  });
  if (!text || e.multiline || !b.dispatch_action || !at.includes("on_enter_pressed")) return;
  it.node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    tell();
  });
}
