// What an app's owner wants to know of Slack's side: what the sandbox lacks, and which events the app was told of.

import { el } from "../dom.js";
import { say } from "../zone.js";

// lacking says which methods were called that the sandbox does not have.
export function lacking(lacks) {
  if (!lacks.length) return "";
  return el("section", { class: "provider ill" },
    el("h3", {}, "Not in this sandbox"),
    el("p", { class: "hint" }, "Your app called these methods of Slack's. The sandbox answered unknown_method."),
    el("ul", { class: "lacks" }, lacks.map((l) => el("li", {}, el("code", {}, l.method), l.times > 1 ? ` ${l.times} times` : ""))));
}

const why = {
  operation_timeout: "not acknowledged in time", no_reader: "the app is not connected", dispatch_failed: "no connection",
  http_client_error: "the app answered 4xx", http_service_error: "the app answered 5xx",
};

// heard lists the events that the app was told of.
export function heard(events, open, ctx) {
  if (!events.length) return "";
  return el("details", { open, class: "heard" },
    el("summary", { id: "slack-events" }, events.length === 1 ? "1 event sent" : `${events.length} events sent`),
    el("ol", { class: "calls" }, events.map((e) => el("li", { class: e.error ? "write" : "" },
      el("time", { datetime: e.at }, say(new Date(e.at), ctx.zone, { timeStyle: "medium" })), el("code", {}, e.event),
      el("span", {}, e.error ? why[e.error] || e.error : "acknowledged", e.attempt ? ` (sent again, ${e.attempt})` : "")))));
}
