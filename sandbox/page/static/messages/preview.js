// What a reply shows of the message that it answers: its words in one line, without marks; spoilers stay hidden.

import { h } from "../dom.js";
import { parse } from "./markdown.js";
import { draw } from "./text.js";

const MAX_BAR = 20;

/** Draw what a message says in one line; `files` tells whether there are any, for a message without text. */
export function drawPreview({ content, files }, state) {
  const parts = parse(content).flatMap((block) => [...plain(block, state), " "]);
  if (parts.some((part) => typeof part !== "string" || part.trim())) return parts;
  return h("em", {}, files ? "See the attachment" : "See the message");
}

function plain(node, state) {
  if (node.type === "spoiler") return [bar(node, state)];
  if (node.items) return node.items.flatMap((item) => [...item.flatMap((part) => plain(part, state)), " "]);
  if (node.children) return node.children.flatMap((child) => plain(child, state));
  if (node.type === "text" || node.type.startsWith("code")) return [node.text.replaceAll(/\s+/g, " ")];
  return [wordsOf([node], state)];
}

function bar(node, state) {
  const length = Math.min(MAX_BAR, wordsOf(node.children, state).length);
  return h("span", { class: "spoiler", role: "img", "aria-label": "Spoiler" }, "▇".repeat(length));
}

const wordsOf = (nodes, state) => h("span", {}, draw(nodes, state)).textContent;
