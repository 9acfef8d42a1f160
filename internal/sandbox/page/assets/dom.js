// Elements are made here and nowhere else. Text goes in as text nodes only, so nothing that a provider or a person wrote can
// become HTML.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== ""));
  return node;
}

export const byId = (id) => document.getElementById(id);

let made = 0;

// fresh gives an id that no other element has.
export const fresh = (prefix) => `${prefix}-${++made}`;

// place makes nodes the children of box. What stays where it was is not touched, so that it keeps the focus and what is typed.
export function place(box, nodes) {
  const keep = new Set(nodes);
  for (const old of [...box.children]) if (!keep.has(old)) old.remove();
  nodes.forEach((n, i) => { if (box.children[i] !== n) box.insertBefore(n, box.children[i] || null); });
}

// asJSON shows what the page has no picture for.
export function asJSON(what, value) {
  return el("details", { class: "raw" }, el("summary", {}, what), el("pre", {}, JSON.stringify(value, null, 2)));
}

let hiding;
let told;

// toast says something for a while: within the dialog that is open, for all else is out of reach then.
export function toast(text) {
  told ||= byId("toast");
  ([...document.querySelectorAll("dialog[open]")].at(-1) || document.body).append(told);
  told.textContent = text;
  told.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { told.hidden = true; }, 7000);
}
