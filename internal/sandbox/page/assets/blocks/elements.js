// What can be pressed or chosen in a message or a form, and the dialogs that ask again.

import { regain } from "./dialogs.js";
import { asJSON, byId, el, fresh } from "../dom.js";
import { shown } from "../channel/files.js";
import { keep, putBack } from "./held.js";
import { entry, few } from "./inputs.js";
import { mrkdwn, unescape } from "../text.js";

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
    case "image": return picture(e, ctx);
    case "button":
    case "workflow_button": return button(e, b, ctx);
    case "overflow": return overflow(e, b, ctx);
    default: return chosen(e, b, ctx);
  }
}

// picture shows a file of the workspace, and says what any other image shows: the page loads nothing from elsewhere.
export function picture(e, ctx) {
  const f = e.slack_file && (ctx.mentioned || {})[e.slack_file.id || e.slack_file.url];
  if (f && f.picture) return shown(f, ctx, e.alt_text);
  return el("span", { class: "picture", title: e.image_url || "" }, `Image: ${e.alt_text || "no words for it"}`);
}

// inside is ctx for what stands in one message, form or Home tab.
export const inside = (where, ctx) => ({
  ...ctx, where, press: (block, e, value) => ctx.press(where, block, e, value), suggest: (block, e, value) => ctx.suggest(where, block, e, value),
});

// send resolves to whether it was sent: a person who is asked once more may say no.
async function send(node, e, b, ctx, value) {
  if (e.confirm && !(await confirmed(e.confirm, ctx, node))) return false;
  await ctx.press(b.block_id, e, value);
  return true;
}

export const nameOf = (e, b) => `${b.block_id || ""} ${e.action_id}`; // the same thing after it was drawn anew

function button(e, b, ctx) {
  return el("button", {
    type: "button", class: `press ${e.style || ""}`, "data-action": nameOf(e, b), "aria-label": e.accessibility_label,
    onclick: (event) => once(event.currentTarget, (node) => send(node, e, b, ctx, e.value || "")),
  }, words(e.text, ctx));
}

// once takes no second press while the first is under way. The button keeps the focus: one that is disabled would lose it.
async function once(node, press) {
  if (node.getAttribute("aria-disabled")) return;
  node.setAttribute("aria-disabled", "true");
  await press(node);
  node.removeAttribute("aria-disabled");
}

function overflow(e, b, ctx) {
  const node = few(e, ctx);
  node.setAttribute("aria-label", "More actions");
  node.setAttribute("data-action", nameOf(e, b));
  node.classList.add("overflow");
  node.addEventListener("change", async () => {
    const picked = node.value;
    node.value = "";
    if (picked) await send(node, e, b, ctx, picked);
  });
  return node;
}

function chosen(e, b, ctx) {
  const it = entry(e, ctx, b.block_id);
  if (!it) return asJSON(`an element of type ${e.type}`, e);
  const about = it.group ? it.node : it.control;
  about.setAttribute("aria-label", e.placeholder ? unescape(e.placeholder.text) : e.type.replaceAll("_", " "));
  for (const c of it.group || [it.control]) c.setAttribute("data-action", it.group ? `${nameOf(e, b)} ${c.value}` : nameOf(e, b));
  putBack(it, e, b.block_id, ctx);
  let was = it.held();
  let sent = Promise.resolve(); // one after the other
  it.node.addEventListener("change", () => {
    const [value, held] = [it.value(), it.held()];
    keep(it, e, b.block_id, ctx); // before it is sent: a press that follows at once carries it too
    sent = sent.then(async () => {
      if (await send(it.control, e, b, ctx, value)) was = held;
      else it.set(was);
      keep(it, e, b.block_id, ctx);
    });
  });
  if (!it.note) return it.node;
  const note = el("small", { id: fresh("note") }, it.note);
  about.setAttribute("aria-describedby", note.id);
  return el("span", {}, it.node, note);
}

// confirmed asks what a confirm dialog asks. The browser keeps the focus in it, and gives it back afterwards.
function confirmed(c, ctx, node) {
  const dialog = byId("confirm");
  return new Promise((decided) => {
    dialog.returnValue = "";
    dialog.replaceChildren(el("form", { method: "dialog" },
      el("h2", { id: "confirm-title" }, words(c.title, ctx)),
      el("p", { id: "confirm-text" }, words(c.text, ctx)),
      el("div", { class: "choice" },
        el("button", { value: "", class: "press", autofocus: true }, words(c.deny, ctx)),
        el("button", { value: "yes", class: `press ${c.style === "danger" ? "danger" : "primary"}` }, words(c.confirm, ctx)))));
    dialog.addEventListener("close", () => {
      regain(node);
      decided(dialog.returnValue === "yes");
    }, { once: true });
    dialog.showModal();
  });
}
