// What a person enters something into, by the type of the element. Several values are apart by a line's end.

import { el, fresh } from "./dom.js";
import { unescape } from "./text.js";
import { moment, wall } from "./zone.js";

// entry gives {node, value, group} for an element, or null for what the page has no picture for. group: node is a fieldset that wants a legend, and
// no single control that wants a label.
export function entry(e, ctx) {
  const [, several, kind] = /^(multi_)?(.*)$/.exec(e.type);
  switch (kind) {
    case "plain_text_input": case "email_text_input": case "url_text_input": case "number_input": return typed(e, kind);
    case "static_select": case "external_select": case "users_select": case "channels_select": case "conversations_select":
      if (several) return boxes("checkbox", choices(e, kind, ctx), started(e));
      return kind === "external_select" ? typed(e, kind) : menu(e, choices(e, kind, ctx));
    case "checkboxes": return boxes("checkbox", choices(e, kind, ctx), started(e));
    case "radio_buttons": return boxes("radio", choices(e, kind, ctx), started(e));
    case "datepicker": return simple("date", e.initial_date);
    case "timepicker": return simple("time", e.initial_time);
    case "datetimepicker": return clock(e, ctx);
    default: return null;
  }
}

function simple(type, initial) {
  const node = el("input", { type });
  node.value = initial || "";
  return { node, value: () => node.value };
}

function typed(e, kind) {
  const types = { email_text_input: "email", url_text_input: "url", number_input: "number" };
  const node = el(e.multiline ? "textarea" : "input", {
    type: e.multiline ? null : types[kind] || "text", maxlength: e.max_length, min: e.min_value, max: e.max_value,
    step: e.is_decimal_allowed ? "any" : null, placeholder: e.placeholder ? e.placeholder.text : null, spellcheck: "false",
  });
  node.value = e.initial_value || "";
  return { node, value: () => node.value };
}

// clock takes a date and a time in the person's own time zone.
function clock(e, ctx) {
  const node = el("input", { type: "datetime-local" });
  if (e.initial_date_time) node.value = wall(new Date(e.initial_date_time * 1000), ctx.zone);
  return { node, value: () => (node.value ? String(moment(node.value.slice(0, 16), ctx.zone)) : ""), note: `Time zone: ${ctx.zone}` };
}

// choices lists {value, label, more, group} of what can be chosen.
function choices(e, kind, ctx) {
  const named = (ids, mark) => ids.map((id) => ({ value: id, label: mark + ctx.names[id] }));
  switch (kind) {
    case "users_select": return named(ctx.people, "@");
    case "channels_select": return named(ctx.channels, "#");
    case "conversations_select": return [...named(ctx.channels, "#"), ...named(ctx.people, "@")];
    default: {
      const option = (o, group) => ({ value: o.value, label: unescape(o.text.text), more: o.description ? unescape(o.description.text) : "", group });
      return [...(e.options || []).map((o) => option(o)), ...(e.option_groups || []).flatMap((g) => g.options.map((o) => option(o, unescape(g.label.text))))];
    }
  }
}

// started lists the values that an element begins with.
function started(e) {
  if (e.initial_option) return [e.initial_option.value];
  if (e.initial_options) return e.initial_options.map((o) => o.value);
  return e.initial_users || e.initial_channels || e.initial_conversations || [];
}

const one = (e) => (e.initial_option ? e.initial_option.value : e.initial_user || e.initial_channel || e.initial_conversation || "");

function menu(e, all) {
  const node = el("select", {}, el("option", { value: "" }, e.placeholder ? unescape(e.placeholder.text) : "Choose"));
  const groups = new Map();
  for (const c of all) {
    if (c.group && !groups.has(c.group)) groups.set(c.group, node.appendChild(el("optgroup", { label: c.group })));
    (c.group ? groups.get(c.group) : node).append(el("option", { value: c.value }, c.more ? `${c.label}: ${c.more}` : c.label));
  }
  node.value = one(e);
  return { node, value: () => node.value };
}

function boxes(type, all, chosen) {
  const name = fresh("choice");
  const node = el("fieldset", { class: "choices" }, all.map((c) => {
    const box = el("input", { type, name, value: c.value });
    box.checked = chosen.includes(c.value);
    return el("label", {}, box, el("span", {}, c.label, c.more ? el("small", {}, c.more) : ""));
  }));
  const value = () => [...node.querySelectorAll("input:checked")].map((b) => b.value).join("\n");
  return { node, value, group: true };
}
