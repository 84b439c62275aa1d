// Discord's markdown as a tree of plain objects. Pure: no document, no network, so that it can be tested by itself.

const DEEPEST = 12;

const FENCE = "```";
const LANGUAGE = /^([\w+#.-]+)\n/;
const QUOTE_OF_ALL = /^ *>>> ([\s\S]*)/;
const QUOTE = /^(?: *>(?!>>) [^\n]*(?:\n|$))+/;
const HEADING = /^(#{1,3}) +([^\n]+)(?:\n|$)/;
const SMALL = /^-# +([^\n]+)(?:\n|$)/;
const ITEM = /^( *)(?:([-*])|(\d{1,9})\.) +(\S[^\n]*)(?:\n|$)/;
const BLOCKS = new Set(["code-block", "quote", "heading", "small", "list"]);

/** Return the blocks of a message. */
export function parse(text) {
  return gather(parseNodes(text.replaceAll(/\r\n?/g, "\n"), { depth: 0 }));
}

/** Return blocks: what is between those that are blocks already becomes blocks of text. */
function gather(nodes) {
  const blocks = [];
  for (const node of nodes) {
    if (BLOCKS.has(node.type)) blocks.push(node);
    else if (blocks.at(-1)?.type === "text-block") blocks.at(-1).children.push(node);
    else blocks.push({ type: "text-block", children: [node] });
  }
  return blocks.filter((block) => block.type !== "text-block" || !isBlank(block));
}

/** Leave out a line's end around a block of text; returns whether nothing is left. */
function isBlank(block) {
  const [first, last] = [block.children[0], block.children.at(-1)];
  if (block.children.length === 1 && first.type === "text" && !first.text.trim()) return true;
  if (first.type === "text") first.text = first.text.replace(/^\n/, "");
  if (last.type === "text") last.text = last.text.replace(/\n$/, "");
  block.children = block.children.filter((node) => node.type !== "text" || node.text);
  return !block.children.length;
}

/** Return the block that begins here and its length, or null; only a block of code may begin within a line. */
function parseBlock(rest, atLineStart, { quoted, depth }) {
  const code = rest.startsWith(FENCE) ? parseCode(rest) : null;
  if (code) return code;
  if (!atLineStart || depth > DEEPEST) return null;
  const all = quoted ? null : QUOTE_OF_ALL.exec(rest);
  if (all) return { node: quote(all[1], depth), length: rest.length };
  const lines = quoted ? null : QUOTE.exec(rest);
  if (lines) return { node: quote(lines[0].replaceAll(/^ *> ?/gm, ""), depth), length: lines[0].length };
  const heading = HEADING.exec(rest);
  if (heading) {
    const children = parseInline(heading[2].trim(), depth + 1);
    return { node: { type: "heading", level: heading[1].length, children }, length: heading[0].length };
  }
  const small = SMALL.exec(rest);
  if (small) return { node: { type: "small", children: parseInline(small[1], depth + 1) }, length: small[0].length };
  return ITEM.test(rest) ? parseList(rest, depth) : null;
}

/** Return the block of code that begins here, or null; what looks like its language is code if nothing follows it. */
function parseCode(rest) {
  const [line, language] = LANGUAGE.exec(rest.slice(FENCE.length)) ?? ["", ""];
  return codeFrom(rest, FENCE.length + line.length, language) ?? (line ? codeFrom(rest, FENCE.length, "") : null);
}

/** Return the block of code whose text begins at a place, without the empty lines around it; null if it does not end. */
function codeFrom(rest, place, language) {
  const first = place + rest.slice(place).search(/\S/);
  const end = first < place ? -1 : rest.indexOf(FENCE, first + 1);
  if (end < 0) return null;
  let [from, to] = [place, end];
  while (rest[from] === "\n") from += 1;
  while (rest[to - 1] === "\n") to -= 1;
  const after = end + FENCE.length;
  return { node: { type: "code-block", language, text: rest.slice(from, to) }, length: rest[after] === "\n" ? after + 1 : after };
}

function quote(text, depth) {
  return { type: "quote", children: gather(parseNodes(text, { quoted: true, depth: depth + 1 })) };
}

/** Return the list that begins here; lines that are indented further belong to the item above them. */
function parseList(text, depth) {
  const first = ITEM.exec(text);
  const [indent, ordered] = [first[1].length, first[3] !== undefined];
  const items = [];
  let length = 0;
  for (;;) {
    const found = ITEM.exec(text.slice(length));
    if (!found) break;
    const inner = found[1].length > indent + (items.length ? 1 : 0);
    if (!inner && (found[3] !== undefined) !== ordered) break;
    if (!inner && found[1].length < indent) break;
    if (inner) {
      const nested = parseList(text.slice(length), depth + 1);
      items.at(-1).push(nested.node);
      length += nested.length;
    } else {
      items.push(parseItem(found[4].trimEnd(), depth + 1));
      length += found[0].length;
    }
  }
  return { node: { type: "list", ordered, start: ordered ? Number(first[3]) : 1, items }, length };
}

/** Return what an item holds: text, a heading or a quotation. */
function parseItem(text, depth) {
  const found = /^(?:#|>|-#)/.test(text) ? parseBlock(text, true, { quoted: false, depth }) : null;
  return found && found.length === text.length ? [found.node] : parseInline(text, depth);
}

const wrap = (type) => (match, within) => ({ type, children: parseNodes(match[1], { ...within, depth: within.depth + 1 }) });
const text = (value) => ({ type: "text", text: value });

const RULES = [
  [/^\\([^A-Za-z0-9\s])/, (match) => text(match[1])],
  [/^¯\\_\(ツ\)_\/¯/, (match) => text(match[0])],
  [/^(`+)(?!`)((?:[^`]|(?!\1(?!`))`)+)\1(?!`)/, (match) => ({ type: "code", text: match[2].trim() || match[2] })],
  [/^<@!?(\d{15,20})>/, (match) => ({ type: "user", id: match[1] })],
  [/^<@&(\d{15,20})>/, (match) => ({ type: "role", id: match[1] })],
  [/^<#(\d{15,20})>/, (match) => ({ type: "channel", id: match[1] })],
  [/^<\/([\w -]{1,100}):\d{15,20}>/, (match) => ({ type: "command", name: match[1] })],
  [/^<a?:(\w{2,32}):\d{15,20}>/, (match) => ({ type: "emoji", name: match[1] })],
  [/^<t:(-?\d{1,13})(?::([tTdDfFR]))?>/, (match) => ({ type: "time", seconds: Number(match[1]), style: match[2] ?? "f" })],
  [/^<(https?:\/\/[^\s<>]+)>/, (match) => ({ type: "link", address: match[1], children: [text(match[1])] })],
  [/^\[((?:\\.|\[[^\][]*\]|[^\][\\])+)\]\(\s*<?(https?:\/\/(?:[^\s()<>]|\([^\s()<>]*\))+)>?(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/, maskedLink],
  [/^https?:\/\/[^\s<>]{2,}/, bareLink],
  [/^@(everyone|here)\b/, (match) => ({ type: "everyone", text: match[0] })],
  [/^\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/, wrap("bold")],
  [/^__((?:\\[\s\S]|[^\\])+?)__(?!_)/, wrap("underline")],
  [/^~~((?:\\[\s\S]|[^\\])+?)~~(?!~)/, wrap("strike")],
  [/^\|\|((?:\\[\s\S]|[^\\])+?)\|\|/, wrap("spoiler")],
  [/^\*(?![\s*])((?:\\[\s\S]|\*\*(?:\\[\s\S]|[^*\\])+\*\*|[^*\\])+)\*(?!\*)/, wrap("italic")],
  [/^_(?!_)((?:\\[\s\S]|__(?:\\[\s\S]|[^_\\])+__|[^_\\])+)_(?![A-Za-z0-9_])/, wrap("italic")],
];

const SPECIAL = /[\\`<[*_~|@\n]|https?:|¯/g;

const parseInline = (source, depth) => parseNodes(source, { depth, inLine: true });

/** Return the text's parts; what begins like markup and does not end is text. A style may hold blocks, as in Discord. */
function parseNodes(source, within) {
  const nodes = [];
  const add = (value) => {
    if (nodes.at(-1)?.type === "text") nodes.at(-1).text += value;
    else nodes.push(text(value));
  };
  let place = 0;
  while (place < source.length) {
    const rest = source.slice(place);
    const found = (within.inLine ? null : parseBlock(rest, !place || source[place - 1] === "\n", within)) ?? matchRule(rest, within);
    if (!found) {
      const next = rest[0] === "\n" ? place + 1 : nextSpecial(source, place + 1);
      add(source.slice(place, next));
      place = next;
      continue;
    }
    if (found.node.type === "text") add(found.node.text);
    else nodes.push(found.node);
    place += found.length;
  }
  return nodes;
}

function nextSpecial(source, place) {
  SPECIAL.lastIndex = place;
  return SPECIAL.exec(source)?.index ?? source.length;
}

function matchRule(rest, within) {
  if (within.depth > DEEPEST) return null;
  for (const [pattern, make] of RULES) {
    const match = pattern.exec(rest);
    if (match) {
      const node = make(match, within);
      return { node, length: node.length ?? match[0].length };
    }
  }
  return null;
}

function maskedLink(match, within) {
  // A link's text holds no links of its own.
  const children = parseInline(match[1].replaceAll(/https?:\/\//g, (scheme) => scheme.replace(":", "\\:")), within.depth + 1);
  return { type: "link", address: match[2], children };
}

/** Leave out what follows an address in a sentence: a full stop, a bracket that was opened before it. */
function bareLink(match) {
  const cut = match[0].replace(/[.,:;"'\]]+$/, "");
  const unopened = cut.split(")").length - cut.split("(").length;
  const closing = cut.length - cut.replace(/\)+$/, "").length;
  const address = cut.slice(0, cut.length - Math.max(0, Math.min(unopened, closing)));
  return { type: "link", address, children: [text(address)], length: address.length };
}
