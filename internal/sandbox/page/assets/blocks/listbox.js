// The list of a menu that narrows as one types. It lies above everything, dialogs too, so that nothing cuts it.

import { el, fresh } from "../dom.js";

const most = 300; // px of height
const gap = 4; // px to the field, and to the window's edge

// listbox gives a list named name, whose take(i) is called for what is clicked. says stands before the choices, for the eyes only.
export function listbox(name, take) {
  const id = fresh("choices");
  const says = el("p", { class: "hint", "aria-hidden": "true" });
  const list = el("div", { role: "listbox", id, "aria-label": name });
  const node = el("div", { class: "listbox", popover: "manual", onmousedown: (e) => e.preventDefault() }, says, list);
  let options = [];
  let field = null;
  const follow = () => { // whatever moves the field: scrolling, a fault that is told, what was chosen
    if (!field) return;
    put(node, field);
    requestAnimationFrame(follow);
  };
  return {
    node,
    id,
    option: (i) => options[i],
    fill(choices, chosen, full, text) {
      options = choices.map((c, i) => option(c, chosen.includes(c.value), full, () => take(i)));
      says.textContent = text;
      list.replaceChildren(...grouped(choices, options));
    },
    show(at) {
      field = at;
      node.showPopover();
      follow();
    },
    hide() {
      field = null;
      if (node.isConnected) node.hidePopover();
    },
    mark(at) {
      options.forEach((o, i) => o.classList.toggle("at", i === at));
      options[at]?.scrollIntoView({ block: "nearest" });
    },
  };
}

function option(c, on, full, take) {
  return el("div", {
    role: "option", id: fresh("option"), "aria-selected": String(on), "aria-disabled": full && !on ? "true" : null, onclick: take,
  }, el("span", {}, c.label), c.more ? el("small", {}, c.more) : "");
}

// grouped puts the options under the labels of their groups.
function grouped(choices, options) {
  const groups = new Map();
  const out = [];
  choices.forEach((c, i) => {
    if (c.group && !groups.has(c.group)) {
      groups.set(c.group, el("div", { role: "group", "aria-label": c.group }, el("span", { class: "group", "aria-hidden": "true" }, c.group)));
      out.push(groups.get(c.group));
    }
    if (c.group) groups.get(c.group).append(options[i]);
    else out.push(options[i]);
  });
  return out;
}

// put places the list below its field, or above where there is more room.
function put(node, field) {
  const at = field.getBoundingClientRect();
  const below = Math.min(innerHeight, window.visualViewport?.height || innerHeight) - at.bottom - 2 * gap; // an on-screen keyboard takes room
  const above = at.top - 2 * gap;
  const up = below < Math.min(node.scrollHeight + 2, most) && above > below; // its border is no part of what it scrolls
  const width = Math.min(Math.max(at.width, 220), innerWidth - 2 * gap);
  Object.assign(node.style, {
    width: `${width}px`, left: `${Math.max(gap, Math.min(at.left, innerWidth - width - gap))}px`, maxHeight: `${Math.min(most, up ? above : below)}px`,
    top: up ? "auto" : `${at.bottom + gap}px`, bottom: up ? `${innerHeight - at.top + gap}px` : "auto",
  });
}
