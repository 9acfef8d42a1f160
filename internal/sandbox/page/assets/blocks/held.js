// What stands in the elements of messages, forms and the Home tab: it stays when they are drawn anew, and every click carries it.

const kept = new Map(); // by who and where: {block id: {action id: {type, value, held}}}

const key = (me, where) => JSON.stringify([me, where]);

// heldIn is what is entered somewhere, by block id, by action id.
export function heldIn(me, where) {
  const values = (of) => Object.fromEntries(Object.entries(of).map(([action, { value }]) => [action, value]));
  return Object.fromEntries(Object.entries(kept.get(key(me, where)) || {}).map(([block, of]) => [block, values(of)]));
}

// keep notes what stands in an element. it is what entry gives for it; ctx has me and where.
export function keep(it, e, block, ctx) {
  if (!ctx.where) return;
  const all = kept.get(key(ctx.me, ctx.where)) || {};
  kept.set(key(ctx.me, ctx.where), { ...all, [block]: { ...all[block], [e.action_id]: { type: e.type, value: it.value(), held: it.held() } } });
}

// putBack puts what was left in an element into the one that is drawn in its place, as Slack does where block and action ids stay.
export function putBack(it, e, block, ctx) {
  const left = ctx.where && kept.get(key(ctx.me, ctx.where))?.[block]?.[e.action_id];
  if (left && left.type === e.type) it.set(left.held);
}
