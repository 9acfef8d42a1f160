// What can be pressed or chosen in a message or a form, and the dialogs that ask again.

import { asJSON, byId, el } from "./dom.js";
import { entry } from "./inputs.js";
import { mrkdwn, unescape } from "./text.js";

// words gives a text object as nodes.
export function words(object, ctx) {
  if (!object) return [];
  return object.type === "mrkdwn" ? mrkdwn(object.text, ctx) : [unescape(object.text || "")];
}

// element gives an element of a block. ctx has me, zone, names, people, channels, open, and press(block id, element, value).
export function element(e, b, ctx) {
  switch (e.type) {
    case "mrkdwn":
    case "plain_text": return el("span", {}, words(e, ctx));
    case "image": return picture(e);
    case "button":
    case "workflow_button": return button(e, b, ctx);
    case "overflow": return overflow(e, b, ctx);
    default: return chosen(e, b, ctx);
  }
}

// picture says what an image shows: the page loads nothing from elsewhere.
export function picture(e) {
  return el("span", { class: "picture", title: e.image_url || "" }, `Image: ${e.alt_text || "no words for it"}`);
}

async function send(node, e, b, ctx, value) {
  if (e.confirm && !(await confirmed(e.confirm, ctx))) return;
  node.disabled = true;
  await ctx.press(b.block_id, e, value);
  node.disabled = false;
}

function button(e, b, ctx) {
  return el("button", {
    type: "button", class: `press ${e.style || ""}`, "data-action": e.action_id, "aria-label": e.accessibility_label,
    onclick: (event) => send(event.currentTarget, e, b, ctx, e.value || ""),
  }, words(e.text, ctx));
}

function overflow(e, b, ctx) {
  const { node, value } = entry({ ...e, type: "static_select", placeholder: { text: "⋯" } }, ctx);
  node.setAttribute("aria-label", "More actions");
  node.classList.add("overflow");
  node.addEventListener("change", async () => {
    const picked = value();
    node.value = "";
    if (picked) await send(node, e, b, ctx, picked);
  });
  return node;
}

function chosen(e, b, ctx) {
  const it = entry(e, ctx);
  if (!it) return asJSON(`an element of type ${e.type}`, e);
  const label = e.placeholder ? unescape(e.placeholder.text) : e.type.replaceAll("_", " ");
  it.node.setAttribute("aria-label", label);
  it.node.setAttribute("data-action", e.action_id);
  it.node.addEventListener("change", () => send(it.node, e, b, ctx, it.value()));
  return it.note ? el("span", {}, it.node, el("small", {}, it.note)) : it.node;
}

// confirmed asks what a confirm dialog asks. The browser keeps the focus in it, and gives it back afterwards.
function confirmed(c, ctx) {
  const dialog = byId("confirm");
  return new Promise((decided) => {
    dialog.returnValue = "";
    dialog.replaceChildren(el("form", { method: "dialog" },
      el("h2", { id: "confirm-title" }, words(c.title, ctx)),
      el("p", { id: "confirm-text" }, words(c.text, ctx)),
      el("div", { class: "choice" },
        el("button", { value: "", class: "press", autofocus: true }, words(c.deny, ctx)),
        el("button", { value: "yes", class: `press ${c.style === "danger" ? "danger" : "primary"}` }, words(c.confirm, ctx)))));
    dialog.addEventListener("close", () => decided(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });
}
