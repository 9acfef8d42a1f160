// What this tab of the browser keeps over a reload: how far everybody has read, what stands in the composers, and what is picked.

const name = "offboard-sandbox";
const kept = { seen: {}, drafts: {}, choices: {}, ...read() };

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(name)) || {};
  } catch {
    return {};
  }
}

function write() {
  try {
    sessionStorage.setItem(name, JSON.stringify(kept));
  } catch { /* a browser that keeps nothing */ }
}

// readUpTo notes that somebody has read a channel up to ts.
export function readUpTo(me, channel, ts) {
  const key = `${me} ${channel}`;
  if ((kept.seen[key] || "") >= ts) return;
  kept.seen[key] = ts;
  write();
}

export const readTo = (me, channel) => kept.seen[`${me} ${channel}`] || "";

// choice is what was picked of something on the other side; empty: nothing was.
export const choice = (name) => kept.choices[name] || "";

export function keepChoice(name, value) {
  kept.choices[name] = value;
  write();
}

// draft is what somebody has typed and not sent, in a channel or, with a ts, in a thread.
export const draft = (me, channel, ts = "") => kept.drafts[`${me} ${channel} ${ts}`] || "";

export function keepDraft(text, me, channel, ts = "") {
  const key = `${me} ${channel} ${ts}`;
  if (text) kept.drafts[key] = text;
  else delete kept.drafts[key];
  write();
}
