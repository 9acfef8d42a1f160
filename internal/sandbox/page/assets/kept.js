// What this tab of the browser keeps over a reload: how far everybody has read, and what stands in the composers.

const name = "offboard-sandbox";
const kept = { seen: {}, drafts: {}, ...read() };

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

// draft is what somebody has typed and not sent, in a channel or, with a ts, in a thread.
export const draft = (me, channel, ts = "") => kept.drafts[`${me} ${channel} ${ts}`] || "";

export function keepDraft(text, me, channel, ts = "") {
  const key = `${me} ${channel} ${ts}`;
  if (text) kept.drafts[key] = text;
  else delete kept.drafts[key];
  write();
}
