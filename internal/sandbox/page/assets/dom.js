// Elements are made here and nowhere else. Text goes in as text nodes only, so nothing that a provider or a person wrote can
// become HTML.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== ""));
  return node;
}

export const byId = (id) => document.getElementById(id);

// asJSON shows what the page has no picture for.
export function asJSON(what, value) {
  return el("details", { class: "raw" }, el("summary", {}, what), el("pre", {}, JSON.stringify(value, null, 2)));
}

let hiding;

export function toast(text) {
  const box = byId("toast");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { box.hidden = true; }, 7000);
}
