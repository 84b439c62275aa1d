// The pictures of the default answers: the page has a drawing of each, because it loads nothing from elsewhere.

import { h } from "./dom.js";

const ADDRESS = /^https:\/\/sandbox\.invalid\/pictures\/([a-z-]{1,40})\.png$/;
const DRAWN = new Set(["cat", "lighthouse", "margherita", "mountains", "oven", "quattro-stagioni"]);

/** Return where the page has the picture of this address, or null if it has none. */
export function ownPicture(address) {
  const found = ADDRESS.exec(address);
  return found && DRAWN.has(found[1]) ? `pictures/${found[1]}.svg` : null;
}

/** Draw a picture that leads to itself. */
export function drawPicture(source, text) {
  const picture = h("img", { src: source, alt: text, loading: "lazy" });
  const kind = source.startsWith("pictures/") ? "picture own" : "picture";
  return h("a", { class: kind, href: source, target: "_blank", rel: "noopener noreferrer" }, picture);
}

/** Let a drawn text's links lead to the page's own pictures, and draw those below it, as Discord does; not a spoiler's. */
export function drawLinked(text) {
  const shown = new Map();
  for (const each of text.querySelectorAll("a[href]")) {
    const source = ownPicture(each.getAttribute("href"));
    if (!source) continue;
    each.href = source;
    if (!each.closest(".spoiler")) shown.set(source, each.textContent);
  }
  return [...shown].map(([source, name]) => drawPicture(source, name));
}
