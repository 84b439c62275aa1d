// Code in colours: a small tokenizer for the languages that chat answers are full of. Pure, like the markdown parser.

const words = (list) => new Set(list.split(" "));

const C_STRINGS = String.raw`"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?`;
const C_COMMENTS = String.raw`\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)`;
const HASH_COMMENTS = String.raw`#[^\n]*`;

const PYTHON = {
  comments: HASH_COMMENTS,
  strings: String.raw`[rbfuRBFU]{0,2}(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?)`,
  keywords: words(
    "and as assert async await break case class continue def del elif else except finally for from global if import in " +
      "is lambda match nonlocal not or pass raise return try while with yield None True False self",
  ),
};
const SCRIPT = {
  comments: C_COMMENTS,
  strings: String.raw`${C_STRINGS}|\`(?:\\.|[^\`\\])*\`?`,
  keywords: words(
    "abstract any as async await boolean break case catch class const continue declare default delete do else enum export " +
      "extends false finally for from function get if implements import in instanceof interface let new null number of " +
      "private protected public readonly return set static string super switch this throw true try type typeof undefined " +
      "var void while yield",
  ),
};
const BRACES = {
  comments: C_COMMENTS,
  strings: C_STRINGS,
  keywords: words(
    "abstract as auto bool boolean break byte case catch chan char class const continue crate default defer delete do " +
      "double else enum extends false final finally float fn for func go goto if impl implements import in int interface " +
      "let long loop map match mod mut namespace new nil null nullptr package private protected pub public range return " +
      "self short signed sizeof static string struct super switch template this throw throws trait true try type typedef " +
      "union unsafe unsigned use using var virtual void volatile where while",
  ),
};
const SHELL = {
  comments: HASH_COMMENTS,
  strings: C_STRINGS,
  keywords: words("case cd do done echo elif else esac exit export fi for function if in local read return set then until while"),
};
const SQL = {
  comments: String.raw`--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)`,
  strings: C_STRINGS,
  keywords: words(
    "and as asc between by case create delete desc distinct drop else end exists from group having in index inner insert " +
      "into is join key left like limit not null on or order outer primary right select set table then union unique update " +
      "values view when where with",
  ),
  folds: true,
};
const DATA = { comments: HASH_COMMENTS, strings: C_STRINGS, keywords: words("true false null yes no on off") };
const MARKUP = {
  comments: String.raw`<!--[\s\S]*?(?:-->|$)`,
  strings: C_STRINGS,
  keywords: new Set(),
  extra: String.raw`<\/?[A-Za-z][\w:-]*|\/?>`,
};
const STYLE = { comments: C_COMMENTS, strings: C_STRINGS, keywords: new Set(), extra: String.raw`[\w-]+(?=\s*:)|[.#@][\w-]+` };

const LANGUAGES = new Map(
  [
    [PYTHON, "py python python3 pycon"],
    [SCRIPT, "js javascript jsx ts typescript tsx mjs node"],
    [BRACES, "c h cpp c++ cc cs c# csharp java kotlin kt go golang rust rs swift php dart scala"],
    [SHELL, "sh bash zsh shell console"],
    [SQL, "sql sqlite postgres postgresql mysql"],
    [DATA, "json yaml yml toml ini env"],
    [MARKUP, "html xml svg vue"],
    [STYLE, "css scss less"],
  ].flatMap(([language, names]) => names.split(" ").map((name) => [name, language])),
);

/** Return the code's parts in order, each with its `kind`: comment, string, number, keyword, call, tag, or empty. */
export function highlight(code, name) {
  const language = LANGUAGES.get(name.toLowerCase());
  if (!language) return [{ kind: "", text: code }];
  const pattern = new RegExp(
    [
      `(?<comment>${language.comments})`,
      `(?<string>${language.strings})`,
      ...(language.extra ? [`(?<tag>${language.extra})`] : []),
      String.raw`(?<number>\b(?:0[xob])?\d[\w.]*)`,
      String.raw`(?<word>[A-Za-z_$][\w$]*)(?<call>\s*\()?`,
    ].join("|"),
    "g",
  );
  const parts = [];
  const add = (kind, text) => {
    if (!text) return;
    if (parts.at(-1)?.kind === kind) parts.at(-1).text += text;
    else parts.push({ kind, text });
  };
  let place = 0;
  for (const match of code.matchAll(pattern)) {
    add("", code.slice(place, match.index));
    place = match.index + match[0].length;
    const { comment, string, tag, number, word, call } = match.groups;
    if (word !== undefined) {
      const keyword = language.keywords.has(language.folds ? word.toLowerCase() : word);
      add(keyword ? "keyword" : call ? "call" : "", word);
      add("", call ?? "");
    } else {
      add(comment ? "comment" : string ? "string" : tag ? "tag" : number ? "number" : "", match[0]);
    }
  }
  add("", code.slice(place));
  return parts;
}
