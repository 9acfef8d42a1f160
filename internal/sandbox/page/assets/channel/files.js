// Files as they are seen in a message, and their download. Nothing of a file becomes HTML: its first lines are text, a picture is an img of the sandbox's own.

import { el } from "../dom.js";

const kilo = 1024;

export function size(n) {
  if (n < kilo) return `${n} ${n === 1 ? "byte" : "bytes"}`;
  return n < kilo * kilo ? `${(n / kilo).toFixed(1)} KB` : `${(n / kilo / kilo).toFixed(1)} MB`;
}

const at = (f, ctx) => `api/file/${encodeURIComponent(f.id)}?as=${encodeURIComponent(ctx.me)}`;

// shown gives the picture of a file, which must be one. alt: other words for it than its owner's.
export function shown(f, ctx, alt = "") {
  return el("img", { class: "shown", src: at(f, ctx), width: f.width, height: f.height, alt: alt || f.alt || `Picture ${f.name}` });
}

// files gives a message's files; ctx has me.
export function files(list, ctx) {
  return list && list.length ? el("ul", { class: "files", "aria-label": "Files" }, list.map((f) => el("li", {}, file(f, ctx)))) : "";
}

// file gives a file with its name, kind, size and first lines.
export function file(f, ctx) {
  if (f.deleted) return el("p", { class: "file gone" }, "This file was deleted.");
  return el("div", { class: "file" },
    el("p", { class: "named" }, el("span", {}, el("strong", {}, f.name), " ", el("small", {}, `${f.kind}, ${size(f.size)}`)),
      el("a", { class: "press", href: at(f, ctx), download: true, "data-action": `download ${f.id}`, "aria-label": `Download ${f.name}` }, "Download")),
    f.picture ? shown(f, ctx) : "",
    f.preview ? el("pre", {}, f.preview) : "",
    f.more ? el("small", {}, `${f.more} more ${f.more === 1 ? "line" : "lines"}`) : "");
}
