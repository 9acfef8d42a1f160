// What the keys do in a menu that narrows as one types.

// Keys while the list is open: what is marked then, of n choices. -1 is none.
const moves = {
  ArrowDown: (at, n) => (at + 1) % n, ArrowUp: (at, n) => (at <= 0 ? n : at) - 1, Home: () => 0, End: (at, n) => n - 1,
  PageDown: (at, n) => Math.min(at + 8, n - 1), PageUp: (at) => Math.max(at - 8, 0),
};

// onKey moves through a Combobox. Escape closes the list only, and not the dialog around it; Enter never sends the form.
export function onKey(menu, e) {
  if (e.isComposing || e.ctrlKey || e.metaKey) return;
  const held = menu.open ? opened(menu, e) : closed(menu, e);
  if (held) e.preventDefault();
}

function closed(menu, e) {
  if (e.key === "Backspace" && menu.of.several && !menu.control.value && menu.chosen.length) {
    menu.drop(menu.chosen.at(-1));
    return true;
  }
  if (!["ArrowDown", "ArrowUp", "Enter"].includes(e.key)) return false;
  menu.look();
  if (menu.at < 0 && e.key !== "Enter") menu.mark(e.key === "ArrowDown" ? 0 : menu.list.length - 1);
  return true;
}

function opened(menu, e) {
  if (moves[e.key] && !e.shiftKey) {
    if (menu.list.length) menu.mark(moves[e.key](menu.at, menu.list.length));
    return true;
  }
  switch (e.key) {
    case "Enter": menu.take(menu.at); return true;
    case "Escape": menu.close(); return true;
    case "Tab": if (!menu.of.several || menu.typed) menu.take(menu.at); return false;
    case "Backspace":
      if (!menu.of.several || menu.control.value || !menu.chosen.length) return false;
      menu.drop(menu.chosen.at(-1));
      return true;
    default: return false;
  }
}
