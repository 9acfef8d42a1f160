// What all dialogs do with the focus, beside what the browser does.

import { byId } from "../dom.js";

const pressable = "button, input, select, textarea, summary";

// keep lets the Tab key go round within a dialog. A browser would leave the page after the last of its controls.
export function keep(dialog) {
  dialog.addEventListener("keydown", (e) => {
    if (e.key !== "Tab" || e.defaultPrevented) return;
    const all = [...dialog.querySelectorAll(pressable)].filter((n) => !n.disabled && n.checkVisibility());
    const [from, to] = e.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]];
    if (!from || document.activeElement !== from && document.activeElement !== dialog) return;
    e.preventDefault();
    to.focus();
  });
}

// regain puts the focus on what stands in the place of a node that is gone, if the focus went with it: it was drawn anew while a dialog lay over it.
export function regain(node) {
  if (document.activeElement && document.activeElement !== document.body) return;
  const ts = node?.closest("[data-ts]")?.dataset.ts;
  const message = ts && document.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
  const again = (message || document).querySelector(`[data-action="${CSS.escape(node?.dataset.action || "")}"]`); // in a message, or on the Home tab
  (again || message || byId("line")).focus({ preventScroll: true });
}
