// Names in a text that is being written, and the marks that Discord sends in their place. Pure.

const CODE = "```[\\s\\S]*?```|`[^`\\n]+`";
const MARKS = /(```[\s\S]*?```|`[^`\n]+`)|<(?:@!?|@&|#)\d{15,20}>|<\/[^:<>\n]{1,100}:\d{15,20}>|<a?:\w{2,32}:\d{15,20}>/g;

const WORD_BEFORE = /[\p{L}\p{N}_<]$/u;
const WORD_AFTER = /^[\p{L}\p{N}_]/u;

const standard = (mark) => mark.replace("<@!", "<@");
const escape = (name) => name.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);

/** Return the names that can be written in the open channel, each with its mark. */
export function namesFor({ members, guild }) {
  return [
    ...members.map((each) => [`@${each.name}`, `<@${each.id}>`]),
    ...(guild?.roles ?? []).map((each) => [`@${each.name}`, `<@&${each.id}>`]),
    ...(guild?.channels ?? []).map((each) => [`#${each.name}`, `<#${each.id}>`]),
  ];
}

/** Return the names of the emoji and commands that a text already has. */
export function namesIn(content) {
  return [...content.matchAll(MARKS)].flatMap(([mark]) => {
    const name = /^<\/([^:]+):/.exec(mark)?.[1] ?? /^<a?(:\w+:)\d/.exec(mark)?.[1];
    return name ? [[mark.startsWith("</") ? `/${name}` : name, mark]] : [];
  });
}

/** By name, in lower case; the first of several of the same name. */
function index(names) {
  return new Map(names.toReversed().map(([name, mark]) => [name.toLowerCase(), mark]));
}

/** Return the text with marks in place of names, but in code, which shows what is typed. */
export function encode(text, names) {
  if (!names.length) return text;
  const known = index(names);
  const longestFirst = [...known.keys()].sort((one, other) => other.length - one.length).map(escape);
  const written = new RegExp(String.raw`${CODE}|(?<![\p{L}\p{N}_<])(?:${longestFirst.join("|")})(?![\p{L}\p{N}_])`, "giu");
  return text.replaceAll(written, (found) => known.get(found.toLowerCase()) ?? found);
}

/** Return the text with names in place of marks; a mark that its name would not lead back to stays. */
export function decode(content, names) {
  const known = index(names);
  const byMark = new Map(names.filter(([name, mark]) => known.get(name.toLowerCase()) === mark).map(([name, mark]) => [mark, name]));
  return content.replaceAll(MARKS, (mark, code, place) => {
    if (code) return mark;
    const end = place + mark.length;
    const inWord = WORD_BEFORE.test(content.slice(Math.max(0, place - 2), place)) || WORD_AFTER.test(content.slice(end, end + 2));
    return (!inWord && byMark.get(standard(mark))) || standard(mark);
  });
}

/** Return a message's text as it was written, and the names by which `encode` makes the same message of it. */
export function unravel(content, state) {
  const plain = namesFor(state);
  const wanted = decode(content, []);
  const candidates = [[...plain, ...namesIn(content)], plain, []];
  const names = candidates.find((each) => encode(decode(content, each), each) === wanted) ?? [];
  return { text: decode(content, names), names };
}
