// Reads messages as the sandbox's page draws them. Takes a JSON list of texts, gives a JSON list of their spans, as
// `read.cjs` does. Its first argument is the page's parser.
const { readFileSync } = require("node:fs");

const STYLES = ["bold", "italic", "underline", "strike", "spoiler", "quote", "small"];

function* spans(nodes, styles) {
    for (const node of nodes) yield* span(node, styles);
}

function* span(node, styles) {
    const { type, children } = node;
    if (type === "text") {
        yield [node.text, styles];
    } else if (type === "text-block") {
        yield* spans(children, styles);
        yield ["\n", styles];
    } else if (type === "code") {
        yield [node.text, [...styles, "code"]];
    } else if (type === "code-block") {
        yield [`\n${node.text}\n`, [...styles, "block", `language:${node.language}`]];
    } else if (type === "heading") {
        yield* spans(children, [...styles, `heading${node.level}`]);
        yield ["\n", styles];
    } else if (type === "link") {
        yield* spans(children, [...styles, `link:${node.address}`]);
    } else if (type === "list") {
        let number = node.start;
        for (const item of node.items) {
            yield [node.ordered ? `${number++}. ` : "- ", [...styles, "marker"]];
            yield* spans(item, [...styles, "item"]);
            yield ["\n", styles];
        }
    } else if (STYLES.includes(type)) {
        yield* spans(children, [...styles, type]);
        if (type === "small" || type === "quote") yield ["\n", styles];
    } else {
        yield [`<${type} ${[node.name, node.id, node.seconds].filter(Boolean).join(" ")}>`, [...styles, "mention"]];
    }
}

async function main() {
    const source = readFileSync(process.argv[2], "utf8");
    const { parse } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
    const texts = JSON.parse(readFileSync(0, "utf8"));
    process.stdout.write(JSON.stringify(texts.map((text) => [...spans(parse(text), [])])));
}

main();
