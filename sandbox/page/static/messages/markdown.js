// Discord's markdown as a tree of plain objects. Pure: no document, no network, so that it can be tested by itself.

const DEEPEST = 12;

const FENCE = /^```(?:([\w+#.-]+)\n)?\n*([\s\S]*?\S[\s\S]*?)\n*```/;
const QUOTE = /^(?:> [^\n]*(?:\n|$))+/;
const HEADING = /^(#{1,3}) +([^\n]+)(?:\n|$)/;
const SMALL = /^-# +([^\n]+)(?:\n|$)/;
const ITEM = /^( *)(?:([-*])|(\d{1,9})\.) +(\S[^\n]*)(?:\n|$)/;

/** Return the blocks of a message. */
export function parse(text) {
  return parseBlocks(text.replaceAll(/\r\n?/g, "\n"), { quoted: false, depth: 0 });
}

function parseBlocks(text, within) {
  const nodes = [];
  let plain = "";
  let rest = text;
  const end = () => {
    if (plain.trim()) nodes.push({ type: "text-block", children: parseInline(plain.replace(/^\n|\n$/g, ""), within.depth) });
    plain = "";
  };
  while (rest) {
    const found = parseBlock(rest, plain === "" || plain.endsWith("\n"), within);
    if (found) {
      end();
      nodes.push(found.node);
      rest = rest.slice(found.length);
      if (found.node.type === "code-block") rest = rest.replace(/^\n/, "");
    } else {
      const line = /^(?:\n|(?:(?!```)[^\n])+\n?|`+)/.exec(rest)[0];
      plain += line;
      rest = rest.slice(line.length);
    }
  }
  end();
  return nodes;
}

/** Return the block that begins here and its length, or null. */
function parseBlock(rest, atLineStart, { quoted, depth }) {
  const fence = FENCE.exec(rest);
  if (fence) return { node: { type: "code-block", language: fence[1] ?? "", text: fence[2] }, length: fence[0].length };
  if (!atLineStart || depth > DEEPEST) return null;
  if (!quoted && rest.startsWith(">>> ")) {
    return { node: quote(rest.slice(4), depth), length: rest.length };
  }
  const quoteLines = quoted ? null : QUOTE.exec(rest);
  if (quoteLines) return { node: quote(quoteLines[0].replaceAll(/^> /gm, ""), depth), length: quoteLines[0].length };
  const heading = HEADING.exec(rest);
  if (heading) {
    const children = parseInline(heading[2].trim(), depth + 1);
    return { node: { type: "heading", level: heading[1].length, children }, length: heading[0].length };
  }
  const small = SMALL.exec(rest);
  if (small) return { node: { type: "small", children: parseInline(small[1], depth + 1) }, length: small[0].length };
  return ITEM.test(rest) ? parseList(rest, depth) : null;
}

function quote(text, depth) {
  return { type: "quote", children: parseBlocks(text, { quoted: true, depth: depth + 1 }) };
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
      items.push(parseInline(found[4].trimEnd(), depth + 1));
      length += found[0].length;
    }
  }
  return { node: { type: "list", ordered, start: ordered ? Number(first[3]) : 1, items }, length };
}

const wrap = (type) => (match, depth) => ({ type, children: parseInline(match[1], depth + 1) });
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
  [/^\[((?:\\.|[^\][\\])+)\]\(<?(https?:\/\/(?:[^\s()<>]|\([^\s()<>]*\))+)>?(?: "[^"\n]*")?\)/, maskedLink],
  [/^https?:\/\/[^\s<>]+/, bareLink],
  [/^@(everyone|here)\b/, (match) => ({ type: "everyone", text: match[0] })],
  [/^\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/, wrap("bold")],
  [/^__((?:\\[\s\S]|[^\\])+?)__(?!_)/, wrap("underline")],
  [/^~~((?:\\[\s\S]|[^\\])+?)~~(?!~)/, wrap("strike")],
  [/^\|\|((?:\\[\s\S]|[^\\])+?)\|\|/, wrap("spoiler")],
  [/^\*(?![\s*])((?:\\[\s\S]|\*\*(?:\\[\s\S]|[^*\\])+\*\*|[^*\\])+)\*(?!\*)/, wrap("italic")],
  [/^_(?![\s_])((?:\\[\s\S]|__(?:\\[\s\S]|[^_\\])+__|[^_\\])+)_(?![A-Za-z0-9_])/, wrap("italic"), /\w$/],
];

const SPECIAL = /[\\`<[*_~|@]|https?:|¯/g;

/** Return the text's parts; what begins like markup and does not end is text. */
function parseInline(source, depth) {
  const nodes = [];
  const add = (value) => {
    if (!value) return;
    if (nodes.at(-1)?.type === "text") nodes.at(-1).text += value;
    else nodes.push(text(value));
  };
  let place = 0;
  while (place < source.length) {
    SPECIAL.lastIndex = place;
    const next = depth > DEEPEST ? null : SPECIAL.exec(source);
    if (!next) break;
    add(source.slice(place, next.index));
    place = next.index;
    const found = matchRule(source.slice(place), source.slice(0, place), depth);
    if (found?.node.type === "text") add(found.node.text);
    else if (found) nodes.push(found.node);
    else add(source[place]);
    place += found?.length ?? 1;
  }
  add(source.slice(place));
  return nodes;
}

function matchRule(rest, before, depth) {
  for (const [pattern, make, notAfter] of RULES) {
    const match = pattern.exec(rest);
    if (match && !notAfter?.test(before)) {
      const node = make(match, depth);
      return { node, length: node.length ?? match[0].length };
    }
  }
  return null;
}

function maskedLink(match, depth) {
  // A link's text holds no links of its own.
  const children = parseInline(match[1].replaceAll(/https?:\/\//g, (scheme) => scheme.replace(":", "\\:")), depth + 1);
  return { type: "link", address: match[2], children };
}

/** Leave out what follows an address in a sentence: a full stop, a bracket that was opened before it. */
function bareLink(match) {
  let address = match[0].replace(/[.,:;"'!?\]*_~|]+$/, "");
  while (address.endsWith(")") && address.split(")").length > address.split("(").length) address = address.slice(0, -1);
  return { type: "link", address, children: [text(address)], length: address.length };
}
