"""Discord's markdown as the page reads it: the pure parser and the highlighter, run in the browser by themselves."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser
from playwright.async_api import Page as Tab

from sandbox.page.server import Page

pytestmark = pytest.mark.asyncio(loop_scope="session")

WRITE = """([text]) => import("./messages/markdown.js").then(({ parse }) => {
  const KEYS = ["text", "id", "name", "level", "language", "address", "seconds", "style", "start"];
  const write = (node) => Array.isArray(node) ? node.map(write).join("") : node.type === "text" ? node.text :
    `{${[node.type, ...KEYS.filter((key) => node[key] !== undefined).map((key) => node[key])].join(" ")}` +
    `${node.children ? `:${write(node.children)}` : ""}${(node.items ?? []).map((item) => `[${write(item)}]`).join("")}}`;
  return write(parse(text)).replaceAll("{text-block:", "{:");
})"""

HIGHLIGHT = """([code, language]) =>
  import("./messages/highlight.js").then(({ highlight }) => highlight(code, language))"""

MEASURE = """([text]) => import("./messages/markdown.js").then(({ parse }) => {
  const begun = performance.now();
  parse(text);
  return performance.now() - begun;
})"""

SCRAMBLE = r"""() => import("./messages/markdown.js").then(({ parse }) => {
  const PIECES = ["*", "**", "_", "__", "~~", "||", "`", "```", "> ", "# ", "-# ", "- ", "1. ", "\n", " ", "a", "b(c)"];
  PIECES.push("[", "](", "<", ">", "@", "\\");
  let seed = 7;
  const next = (bound) => (seed = (seed * 48271) % 2147483647) % bound;
  const told = (node) => Array.isArray(node) ? node.map(told).join("") :
    (node.text ?? "") + told(node.children ?? []) + told(node.items ?? []) + (node.address ?? "");
  const letters = (value) => value.replaceAll(/[^abc]/g, "");
  for (let round = 0; round < 3000; round += 1) {
    const text = Array.from({ length: 1 + next(14) }, () => PIECES[next(PIECES.length)]).join("");
    if (letters(told(parse(text))) !== letters(text)) return text;
  }
  return null;
})"""

CASES = [
    ("plain", "{:plain}"),
    ("one\ntwo\n\nthree", "{:one\ntwo\n\nthree}"),
    ("**bold** *it* _it_ __under__ ~~gone~~ ||psst||", "{:{bold:bold} {italic:it} {italic:it} {underline:under} {strike:gone} {spoiler:psst}}"),
    ("***both***", "{:{bold:{italic:both}}}"),
    ("**a *b* c**", "{:{bold:a {italic:b} c}}"),
    ("*a **b** c*", "{:{italic:a {bold:b} c}}"),
    ("__*both*__", "{:{underline:{italic:both}}}"),
    ("snake_case_name and 2 * 3 * 4", "{:snake_case_name and 2 * 3 * 4}"),
    ("**not closed", "{:**not closed}"),
    (r"\*not italic\* \_\_ \`", "{:*not italic* __ `}"),
    ("`a * b` ``has ` tick``", "{:{code a * b} {code has ` tick}}"),
    ("`**not bold**`", "{:{code **not bold**}}"),
    ("```py\nx = 1\n```", "{code-block x = 1 py}"),
    ("before ```one``` after", "{:before }{code-block one }{: after}"),
    ("```\n\n\n a\n\n\n```\n\nb", "{code-block  a }{:b}"),
    ("```js\n```", "{code-block js }"),
    ("```js\n\n \n```", "{code-block js\n\n  }"),
    ("```````", "{code-block ` }"),
    ("```\n**raw**\n\n# raw\n```\nend", "{code-block **raw**\n\n# raw }{:end}"),
    ("```not closed", "{:```not closed}"),
    ("# One\n## Two\n### Three\n#### four", "{heading 1:One}{heading 2:Two}{heading 3:Three}{:#### four}"),
    ("#no heading\n-# small **print**", "{:#no heading}{small:small {bold:print}}"),
    ("> one\n> two\nthree", "{quote:{:one\ntwo}}{:three}"),
    (">>> one\ntwo", "{quote:{:one\ntwo}}"),
    (">not a quote", "{:>not a quote}"),
    ("> ```py\n> x\n> ```", "{quote:{code-block x py}}"),
    ("- one\n- two\n  - inner\n- three", "{list 1[one][two{list 1[inner]}][three]}"),
    ("3. three\n4. four\n- other", "{list 3[three][four]}{list 1[other]}"),
    ("-no list\n1.no list", "{:-no list\n1.no list}"),
    ("[text](https://example.org/a_(b)) end", "{:{link https://example.org/a_(b):text} end}"),
    ("[**bold**](<https://example.org>)", "{:{link https://example.org:{bold:bold}}}"),
    ("[text](javascript:alert)", "{:[text](javascript:alert)}"),
    ("see https://example.org/x_y_z. (https://example.org/a)", "{:see {link https://example.org/x_y_z:https://example.org/x_y_z}. ({link https://example.org/a:https://example.org/a})}"),
    ("<https://example.org>", "{:{link https://example.org:https://example.org}}"),
    ("<@123456789012345678> <@!123456789012345678> <@&123456789012345678> <#123456789012345678>", "{:{user 123456789012345678} {user 123456789012345678} {role 123456789012345678} {channel 123456789012345678}}"),
    ("</settings show:123456789012345678> <:wave:123456789012345678>", "{:{command settings show} {emoji wave}}"),
    ("<t:1700000000> <t:1700000000:R>", "{:{time 1700000000 f} {time 1700000000 R}}"),
    ("@everyone and @here, me@heretic.org", "{:{everyone @everyone} and {everyone @here}, me@heretic.org}"),
    ("<b>no html</b> &amp; <script>", "{:<b>no html</b> &amp; <script>}"),
    ("¯\\_(ツ)_/¯", "{:¯\\_(ツ)_/¯}"),
    ("", ""),
]  # fmt: skip

CODE = [
    ("py", 'def f(x):\n    return "a" * 2  # why', "keyword:def call:f keyword:return string:\"a\" number:2 comment:# why"),
    ("javascript", "const x = `a${1}`; // c", "keyword:const string:`a${1}` comment:// c"),
    ("sql", "SELECT 1 FROM t -- x", "keyword:SELECT number:1 keyword:FROM comment:-- x"),
    ("html", '<p class="a">x</p>', 'tag:<p string:"a" tag:> tag:</p>'),
    ("json", '{"a": true}', 'string:"a" keyword:true'),
    ("klingon", "def f", ""),
    ("", "def f", ""),
]  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def modules(browser: Browser, sandbox_page: Page) -> AsyncIterator[Tab]:
    """Give one tab for all, in which the page's modules can be imported."""
    tab = await browser.new_page()
    await tab.goto(sandbox_page.address)
    yield tab
    await tab.close()


@pytest.mark.parametrize(("text", "tree"), CASES)
async def test_markdown(modules: Tab, text: str, tree: str) -> None:
    assert await modules.evaluate(WRITE, [text]) == tree


@pytest.mark.parametrize(("language", "code", "parts"), CODE)
async def test_highlighting(modules: Tab, language: str, code: str, parts: str) -> None:
    found = await modules.evaluate(
        '([code, language]) => import("./messages/highlight.js").then(({ highlight }) => highlight(code, language))',
        [code, language],
    )
    assert "".join(part["text"] for part in found) == code
    assert " ".join(f"{part['kind']}:{part['text']}" for part in found if part["kind"]) == parts


@pytest.mark.parametrize(
    "piece", ["*", "_", "**a", "||", "`", "[", "> ", "- ", "```", "<@", "*a **b ", "[a](https://x", "~~*_", "  - a\n"]
)
async def test_no_text_takes_long(modules: Tab, piece: str) -> None:
    text = (piece * 4000)[:4000]
    took = await modules.evaluate(MEASURE, [text])
    assert took < 1000


@pytest.mark.parametrize(
    "text",
    ["```" + "\n" * 1300 + "a" * 1300 + "\n" * 1300, "```py\n" + "\na" * 1900, "a\n```" + "\n \n" * 1300 + "``"],
    ids=["lines without words around words", "a line for each letter", "lines with spaces"],
)
async def test_code_that_does_not_end_takes_no_longer(modules: Tab, text: str) -> None:
    took = await modules.evaluate(MEASURE, [text])
    assert took < 1000


async def test_every_text_survives(modules: Tab) -> None:
    """Nothing that a text says is lost, whatever it looks like; random markup, the same each time."""
    lost = await modules.evaluate(SCRAMBLE)
    assert lost is None
