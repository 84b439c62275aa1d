// Drawing Discord's markdown: the tree of markdown.js as elements, every text a text node.

import { h } from "../dom.js";
import { highlight } from "./highlight.js";
import { drawAddress, drawChannelMention, drawLink } from "./links.js";
import { parse } from "./markdown.js";

const TIMES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};
const EMOJI = /\p{RGI_Emoji}|<a?:\w{2,32}:\d{15,20}>/gv;
const MAX_LARGE = 30;
const UNITS = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]];

/** Draw a text; `state` knows the names behind mentions. */
export function drawText(text, state) {
  return h("div", { class: "markdown" }, draw(parse(text), state));
}

/** Whether a message is a few emoji and nothing else, which are drawn large. */
export function isOfEmoji(text) {
  const found = text.match(EMOJI) ?? [];
  return found.length > 0 && found.length <= MAX_LARGE && !text.replaceAll(EMOJI, "").trim();
}

/** Draw a text in one line, such as an embed's title. */
export function drawLine(text, state) {
  return parse(text).flatMap((block) => (block.children ? draw(block.children, state) : [block.text ?? ""]));
}

/** Draw the nodes of a text's tree. */
export function draw(nodes, state) {
  return nodes.map((node) => DRAWN[node.type](node, state));
}

const inside = (tag, attributes = {}) => (node, state) => h(tag, attributes, draw(node.children, state));

const DRAWN = {
  "text-block": inside("p"),
  "code-block": drawCode,
  quote: inside("blockquote"),
  heading: (node, state) =>
    h("div", { class: `heading level-${node.level}`, role: "heading", "aria-level": 2 }, draw(node.children, state)),
  small: inside("p", { class: "small-print" }),
  list: (node, state) => {
    const start = node.ordered && node.start !== 1 ? node.start : null;
    return h(node.ordered ? "ol" : "ul", { start }, node.items.map((item) => h("li", {}, draw(item, state))));
  },
  text: (node) => node.text,
  bold: inside("strong"),
  italic: inside("em"),
  underline: inside("u"),
  strike: inside("s"),
  spoiler: drawSpoiler,
  code: (node) => h("code", {}, node.text),
  link: (node, state) =>
    node.children[0]?.text === node.address ? drawAddress(node.address, state) : drawLink(node.address, state, draw(node.children, state)),
  user: (node, state) => mention(`@${state.userName(node.id) ?? "unknown user"}`, node.id === state.me),
  role: (node, state) => mention(`@${state.roleName(node.id) ?? "unknown role"}`),
  channel: (node, state) => drawChannelMention(node.id, state),
  command: (node) => mention(`/${node.name}`),
  everyone: (node) => mention(node.text),
  emoji: (node) => `:${node.name}:`,
  time: drawTime,
};

function mention(text, ofMe = false) {
  return h("span", { class: ofMe ? "mention of-me" : "mention" }, text);
}

function drawCode({ language, text }) {
  const parts = highlight(text, language).map((part) => (part.kind ? h("span", { class: `code-${part.kind}` }, part.text) : part.text));
  const label = language ? `Code, ${language}` : "Code";
  return h("pre", { tabindex: "0", role: "group", "aria-label": label, "data-language": language || null }, h("code", {}, parts));
}

function drawSpoiler(node, state) {
  const content = h("span", { "aria-hidden": "true" }, draw(node.children, state));
  const reveal = (event) => {
    if (event.type === "keydown" && ![" ", "Enter"].includes(event.key)) return;
    if (spoiler.classList.contains("revealed")) return;
    event.preventDefault();
    spoiler.classList.add("revealed");
    for (const name of ["role", "tabindex", "aria-label"]) spoiler.removeAttribute(name);
    content.removeAttribute("aria-hidden");
  };
  const on = { click: reveal, keydown: reveal };
  const spoiler = h("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Spoiler: reveal", on }, content);
  return spoiler;
}

function drawTime({ seconds, style }) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return "Invalid Date";
  const full = new Intl.DateTimeFormat(undefined, TIMES.F).format(date);
  const shown = style === "R" ? relative(seconds) : new Intl.DateTimeFormat(undefined, TIMES[style]).format(date);
  return h("time", { datetime: date.toISOString(), title: full, class: "mention plain" }, shown);
}

function relative(seconds) {
  const distance = seconds - Date.now() / 1000;
  const [unit, size] = UNITS.find(([, each]) => Math.abs(distance) >= each) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(Math.round(distance / size), unit);
}
