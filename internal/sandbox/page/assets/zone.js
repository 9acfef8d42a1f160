// Times as a person sees them: in their own time zone, which is not the browser's.

const shown = new Map(); // formatters are dear to make

function formatter(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!shown.has(key)) shown.set(key, new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone }));
  return shown.get(key);
}

// say gives a moment in words.
export const say = (when, zone, options) => formatter(zone, options).format(when);

let ahead = 0; // milliseconds by which the sandbox's clock is ahead

export const setAhead = (ms) => { ahead = ms; };

// now is the sandbox's time.
export const now = () => new Date(Date.now() + ahead);

const parts = {
  year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
};

// wall gives what a clock in the zone shows, as YYYY-MM-DDTHH:MM.
export function wall(when, zone) {
  const p = Object.fromEntries(formatter(zone, parts).formatToParts(when).map((x) => [x.type, x.value]));
  return `${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}`;
}

// moment gives the seconds since 1970 at which a clock in the zone shows YYYY-MM-DDTHH:MM. A time that a change of clocks leaves out is
// moved by an hour.
export function moment(text, zone) {
  const wanted = Date.parse(`${text}:00Z`);
  if (Number.isNaN(wanted)) return NaN;
  let guess = wanted;
  for (let i = 0; i < 2; i++) guess += wanted - Date.parse(`${wall(new Date(guess), zone)}:00Z`);
  return Math.round(guess / 1000);
}
