// What can be chosen in a menu, by the type of its element: {value, label, more, group}, the last two of which may be missing.

import { unescape } from "../text.js";

const option = (o, group) => ({ value: o.value, label: unescape(o.text.text), more: o.description ? unescape(o.description.text) : "", group });

const options = (given) => [
  ...(given.options || []).map((o) => option(o)),
  ...(given.option_groups || []).flatMap((g) => g.options.map((o) => option(o, unescape(g.label.text)))),
];

// choices lists what can be chosen in an element.
export function choices(e, kind, ctx) {
  const named = (ids, mark) => ids.map((id) => ({ value: id, label: mark + ctx.names[id] }));
  switch (kind) {
    case "users_select": return named(ctx.people, "@");
    case "channels_select": return named(ctx.channels, "#");
    case "conversations_select": return conversations(e.filter?.include, named(ctx.channels, "#"), named(ctx.people, "@"));
    default: return options(e);
  }
}

// conversations are those of the kinds that a menu asks for. All channels here are public.
function conversations(kinds, channels, people) {
  if (!kinds) return [...channels, ...people];
  return [...(kinds.includes("public") ? channels : []), ...(kinds.includes("im") ? people : [])];
}

// started lists the choices that an element begins with, of all that it has.
export function started(e, all) {
  const begun = e.initial_options || (e.initial_option ? [e.initial_option] : null);
  if (begun) return begun.map((o) => option(o));
  const one = e.initial_user || e.initial_channel || e.initial_conversation;
  const ids = e.initial_users || e.initial_channels || e.initial_conversations || (one ? [one] : []);
  return ids.map((id) => all.find((c) => c.value === id) || { value: id, label: id });
}

const bare = (s) => s.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

// narrow gives a search in a list: what has the text somewhere, whatever its case and accents.
export const narrow = (all) => (text) => ({ list: all.filter((c) => bare(`${c.label} ${c.more || ""}`).includes(bare(text))) });

const pause = 250; // ms without a key before the app is asked
const least = 3; // characters, when the element does not say (Slack's reference of the external select)

// asked gives a search that asks the app. ctx.suggest(block id, element, text) resolves to {wrong, given}. A search that is overtaken never ends.
export function asked(e, block, ctx) {
  const from = e.min_query_length ?? least;
  let waiting;
  return (text) => {
    clearTimeout(waiting);
    if (text.length < from) return { list: [], says: `Type ${from - text.length} more ${from - text.length === 1 ? "character" : "characters"}` };
    return new Promise((found) => { waiting = setTimeout(found, pause); }).then(() => ctx.suggest(block, e, text))
      .then(({ wrong, given }) => (wrong ? { list: [], says: wrong } : { list: options(given) }));
  };
}
