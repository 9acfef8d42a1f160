// What a person enters something into, by the type of the element. Several values are apart by a line's end.

import { asked, choices, narrow, started } from "./choices.js";
import { Combobox } from "./combobox.js";
import { el, fresh } from "../dom.js";
import { mrkdwn, unescape } from "../text.js";
import { moment, wall } from "../zone.js";

// entry gives {node, control, value, held, set, group, note} for an element, or null for what the page has no picture for. control has the focus and wants a
// label, value() is what is sent, set puts back what held() gave. group: node is a fieldset that wants a legend, and these are its controls. block is the id of
// the element's block, and empties says whether a menu whose field is emptied holds nothing.
export function entry(e, ctx, block, empties = false) {
  const [, several, kind] = /^(multi_)?(.*)$/.exec(e.type);
  switch (kind) {
    case "plain_text_input": case "email_text_input": case "url_text_input": case "number_input": return typed(e, kind);
    case "static_select": case "external_select": case "users_select": case "channels_select": case "conversations_select":
      return menu(e, kind, several !== undefined, ctx, block, empties);
    case "checkboxes": return boxes("checkbox", e, ctx);
    case "radio_buttons": return boxes("radio", e, ctx);
    case "datepicker": return simple("date", e.initial_date);
    case "timepicker": return { ...simple("time", e.initial_time), note: e.timezone ? `Time zone: ${e.timezone}` : "" };
    case "datetimepicker": return clock(e, ctx);
    default: return null;
  }
}

// plain is a control of the browser's own that holds what it shows.
const plain = (node) => ({ node, control: node, value: () => node.value, held: () => node.value, set: (v) => { node.value = v; } });

function simple(type, initial) {
  const node = el("input", { type });
  node.value = initial || "";
  return plain(node);
}

function typed(e, kind) {
  const types = { email_text_input: "email", url_text_input: "url", number_input: "number" };
  const node = el(e.multiline ? "textarea" : "input", {
    type: e.multiline ? null : types[kind] || "text", maxlength: e.max_length, min: e.min_value, max: e.max_value,
    step: e.is_decimal_allowed ? "any" : null, placeholder: e.placeholder ? e.placeholder.text : null, spellcheck: "false",
  });
  node.value = e.initial_value || "";
  return plain(node);
}

// clock takes a date and a time in the person's own time zone.
function clock(e, ctx) {
  const node = el("input", { type: "datetime-local" });
  if (e.initial_date_time) node.value = wall(new Date(e.initial_date_time * 1000), ctx.zone);
  return { ...plain(node), value: () => (node.value ? String(moment(node.value.slice(0, 16), ctx.zone)) : ""), note: `Time zone: ${ctx.zone}` };
}

// menu narrows as one types.
function menu(e, kind, several, ctx, block, empties) {
  const external = kind === "external_select";
  const all = external ? [] : choices(e, kind, ctx);
  const name = e.placeholder ? unescape(e.placeholder.text) : "Choose";
  return new Combobox({
    name, placeholder: name, several, empties, most: e.max_selected_items || Infinity, chosen: started(e, all), find: external ? asked(e, block, ctx) : narrow(all),
  });
}

// few is a browser's own menu, for the few choices of an overflow menu.
export function few(e, ctx) {
  const node = el("select", {}, el("option", { value: "" }, "⋯"), choices(e, "overflow", ctx).map((c) => el("option", { value: c.value }, c.more ? `${c.label}: ${c.more}` : c.label)));
  node.value = "";
  return node;
}

function boxes(type, e, ctx) {
  const name = fresh("choice");
  const begun = (e.initial_options || [e.initial_option]).map((o) => o?.value);
  const label = (o) => (o.type === "mrkdwn" ? mrkdwn(o.text, ctx) : unescape(o.text));
  const node = el("fieldset", { class: "choices", role: type === "radio" ? "radiogroup" : null }, (e.options || []).map((o) => {
    const box = el("input", { type, name, value: o.value });
    box.checked = begun.includes(o.value);
    return el("label", {}, box, el("span", {}, label(o.text), o.description ? el("small", {}, label(o.description)) : ""));
  }));
  const all = [...node.querySelectorAll("input")];
  const value = () => all.filter((b) => b.checked).map((b) => b.value).join("\n");
  return { node, control: all[0], value, held: value, set: (v) => all.forEach((b) => { b.checked = v.split("\n").includes(b.value); }), group: all };
}
