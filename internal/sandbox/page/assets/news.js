// What a screen reader is told: each message once, when it comes, wherever it stands.

import { byId } from "./dom.js";
import { title } from "./channel/side.js";

const told = {}; // the newest ts, by person and channel

const plain = (text) => text.replace(/<[^>|]*\|([^>]*)>/g, "$1").replace(/[*`]/g, "").slice(0, 160);

export function tellNews(state) {
  const news = [];
  for (const c of state.channels) {
    const key = `${state.me} ${c.id}`;
    const before = told[key];
    const all = c.messages.flatMap((m) => [m, ...(m.replies || [])]);
    told[key] = all.reduce((ts, m) => (m.ts > ts ? m.ts : ts), "");
    if (before === undefined) continue;
    for (const m of all) if (m.ts > before && m.user !== state.me) news.push(`${title(c)}: ${plain(m.text) || (m.files || []).map((f) => `the file ${f.name}`).join(", ")}`);
  }
  if (news.length) announce(news.join(". "));
}

// announce has a screen reader say something.
export function announce(text) { byId("news").textContent = text; }
