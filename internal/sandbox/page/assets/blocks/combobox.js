// A menu that narrows as one types: a field with a list of choices, as WAI-ARIA has it for a combobox with a listbox. A choice is {value, label, more, group}.

import { el } from "../dom.js";
import { onKey } from "./combokeys.js";
import { listbox } from "./listbox.js";
import { showTokens } from "./tokens.js";

const menus = new WeakMap(); // by their fields

// left is what somebody is about in a field, if it is a menu's. goOn takes that up in another, which was drawn in its place.
export const left = (field) => menus.get(field)?.left();
export const goOn = (field, was) => menus.get(field)?.goOn(was);

// Combobox is drawn into node; control is its field. of has: name, placeholder, find(text), which gives {list, says} or promises it; chosen, what it begins
// with; several, most, how many at most; empties, whether an emptied field means that nothing is chosen. A person's choice fires "change" on node.
export class Combobox {
  list = []; // what can be chosen now
  at = -1; // which of it is marked; -1: none
  open = false;
  asked = 0; // searches so far: the answer to an older one is dropped

  constructor(of) {
    this.of = of;
    this.popup = listbox(of.name, (i) => this.take(i));
    this.status = el("span", { class: "hidden", role: "status" });
    this.tokens = el("ul", { class: "tokens", "aria-label": "Chosen", hidden: true });
    this.control = el("input", {
      type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", placeholder: of.placeholder, "aria-autocomplete": "list",
      "aria-expanded": "false", "aria-controls": this.popup.id, oninput: () => this.look(this.control.value), onkeydown: (e) => onKey(this, e),
      onclick: () => (this.open ? this.close() : this.look()), onfocus: () => this.control.select(), onblur: () => this.leave(), onchange: (e) => e.stopPropagation(),
    });
    this.node = el("div", { class: "combobox" }, this.tokens, el("span", { class: "field" }, this.control), this.popup.node, this.status);
    menus.set(this.control, this);
    this.set(of.chosen);
  }

  value = () => this.chosen.map((c) => c.value).join("\n");
  held = () => this.chosen;

  set(chosen) {
    this.chosen = chosen;
    this.told = this.value();
    this.show();
  }

  left() { return this.open ? { text: this.control.value, typed: this.typed, chosen: this.chosen } : null; }

  goOn(was) {
    if (!was) return;
    this.chosen = was.chosen;
    this.show();
    if (was.typed) this.control.value = was.text;
    this.look(was.typed);
  }

  // look opens the list and narrows it to what is typed.
  look(text = "") {
    this.typed = text;
    if (!this.open) this.popup.show(this.node);
    this.open = true;
    this.control.setAttribute("aria-expanded", "true");
    const mine = ++this.asked;
    const found = this.of.find(text.trim());
    if (!(found instanceof Promise)) return this.draw(found);
    this.draw({ list: [], says: "Looking…" });
    return found.then((f) => { if (mine === this.asked) this.draw(f); });
  }

  draw({ list, says }) {
    this.list = list;
    const full = this.of.several && this.chosen.length >= this.of.most;
    const text = full ? `${this.of.most} chosen, no more can be` : says || (list.length ? "" : "Nothing fits");
    this.popup.fill(list, this.chosen.map((c) => c.value), full, text);
    this.status.textContent = text || `${list.length} ${list.length === 1 ? "choice" : "choices"}`;
    this.mark(this.typed ? Math.min(0, list.length - 1) : list.findIndex((c) => !this.of.several && c.value === this.value()));
  }

  mark(at) {
    this.at = at;
    this.popup.mark(at);
    if (this.popup.option(at)) this.control.setAttribute("aria-activedescendant", this.popup.option(at).id);
    else this.control.removeAttribute("aria-activedescendant");
  }

  show() {
    if (this.of.several) showTokens(this.tokens, this.chosen, (c) => this.drop(c));
    else this.control.value = this.chosen[0]?.label || "";
    if (document.activeElement === this.control) this.control.select(); // what is typed next takes its place
  }

  take(i) {
    const c = this.list[i];
    if (!c || this.popup.option(i).getAttribute("aria-disabled")) return;
    const others = this.of.several ? this.chosen.filter((o) => o.value !== c.value) : [];
    this.chosen = this.of.several && others.length < this.chosen.length ? others : [...others, c];
    if (!this.of.several) return this.close();
    this.control.value = "";
    this.show();
    this.look();
  }

  drop(c) {
    this.chosen = this.chosen.filter((o) => o !== c);
    this.show();
    this.control.focus();
    if (this.open) this.look(this.typed);
    else this.changed();
  }

  close() {
    this.open = false;
    this.asked++;
    this.control.setAttribute("aria-expanded", "false");
    this.popup.hide();
    this.mark(-1);
    this.status.textContent = "";
    this.control.value = "";
    this.show();
    this.changed();
  }

  leave() {
    if (!this.of.several && this.of.empties && !this.control.value.trim()) this.chosen = [];
    if (this.open) this.close();
    else this.changed();
  }

  changed() {
    if (this.value() === this.told) return;
    this.told = this.value();
    this.node.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
