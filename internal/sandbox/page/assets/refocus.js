// The focus, where something is drawn anew around it.

import { goOn, left } from "./blocks/combobox.js";

// focusOf notes what has the focus in a box, and gives a function that puts it back once the box was drawn anew: to the same element, or else to the message
// that it stands in. That reports whether it found something.
export function focusOf(box) {
  const active = box.contains(document.activeElement) ? document.activeElement : null;
  const ts = active?.closest("[data-ts]")?.dataset.ts;
  const action = active?.dataset.action;
  const end = active?.selectionEnd;
  const was = left(active);
  return () => {
    if (!active || box.contains(active)) return false;
    const message = ts && box.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
    const again = action && (ts ? message : box)?.querySelector(`[data-action="${CSS.escape(action)}"]`);
    (again || message)?.focus({ preventScroll: true });
    goOn(again, was);
    if (again && end !== undefined && end !== null) again.setSelectionRange?.(end, end);
    return Boolean(again || message);
  };
}
