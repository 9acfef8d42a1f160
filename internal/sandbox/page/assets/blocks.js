// Block Kit as nodes. What the page does not know is shown as JSON.

import { asJSON, byId, el } from "./dom.js";
import { mrkdwn, unescape } from "./text.js";

// words gives a text object as nodes.
export function words(object, ctx) {
  if (!object) return [];
  return object.type === "mrkdwn" ? mrkdwn(object.text, ctx) : [unescape(object.text || "")];
}

// blocks gives a message's or a form's blocks. ctx has names, open, and press(block id, element, value).
export function blocks(list, ctx) {
  return list.map((b) => block(b, ctx));
}

function block(b, ctx) {
  switch (b.type) {
    case "header": return el("h3", { class: "block" }, words(b.text, ctx));
    case "section": return section(b, ctx);
    case "context": return el("p", { class: "block context" }, b.elements.map((e) => el("span", {}, element(e, b, ctx))));
    case "actions": return el("div", { class: "block actions" }, b.elements.map((e) => element(e, b, ctx)));
    case "divider": return el("hr");
    default: return asJSON(`a block of type ${b.type}`, b);
  }
}

function section(b, ctx) {
  const out = el("div", { class: "block section" });
  const body = el("div", { class: "body" });
  if (b.text) body.append(el("p", {}, words(b.text, ctx)));
  if (b.fields) body.append(el("div", { class: "fields" }, b.fields.map((f) => el("p", {}, words(f, ctx)))));
  out.append(body);
  if (b.accessory) out.append(element(b.accessory, b, ctx));
  return out;
}

function element(e, b, ctx) {
  switch (e.type) {
    case "mrkdwn":
    case "plain_text": return el("span", {}, words(e, ctx));
    case "button": return button(e, b, ctx);
    case "static_select": return menu(e, b, ctx);
    default: return asJSON(`an element of type ${e.type}`, e);
  }
}

function button(e, b, ctx) {
  const node = el("button", { type: "button", class: `press ${e.style || ""}` }, words(e.text, ctx));
  node.addEventListener("click", async () => {
    if (e.confirm && !(await confirmed(e.confirm, ctx))) return;
    node.disabled = true;
    await ctx.press(b.block_id, e, e.value || "");
    node.disabled = false;
  });
  return node;
}

// options fills a select with the options of an element.
export function options(e, select) {
  const all = e.options || (e.option_groups || []).flatMap((g) => g.options);
  for (const o of all) select.append(el("option", { value: o.value }, unescape(o.text.text)));
  select.value = e.initial_option ? e.initial_option.value : "";
  return select;
}

function menu(e, b, ctx) {
  const hint = e.placeholder ? unescape(e.placeholder.text) : "Choose";
  const select = options(e, el("select", { "aria-label": hint }, el("option", { value: "" }, hint)));
  select.addEventListener("change", () => { if (select.value) ctx.press(b.block_id, e, select.value); });
  return select;
}

// confirmed asks what a button's confirm dialog asks.
function confirmed(c, ctx) {
  const dialog = byId("confirm");
  return new Promise((decided) => {
    dialog.returnValue = "";
    dialog.replaceChildren(el("form", { method: "dialog" },
      el("h2", {}, words(c.title, ctx)),
      el("p", {}, words(c.text, ctx)),
      el("div", { class: "choice" },
        el("button", { value: "", autofocus: true }, words(c.deny, ctx)),
        el("button", { value: "yes", class: `press ${c.style === "danger" ? "danger" : "primary"}` }, words(c.confirm, ctx)))));
    dialog.addEventListener("close", () => decided(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });
}
