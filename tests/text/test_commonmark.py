"""CommonMark's own examples: what is shown of each, as Discord draws it, has the same words in the same order."""

import re
from html import unescape
from html.parser import HTMLParser

from bot.text.markdown import to_discord_markdown
from tests.text.discord_dialect import Message, commonmark_examples, read

DIFFERENT = {
    # Marks of style: judged where a page is drawn.
    **dict.fromkeys((341, 419, 473, 474, 475, 478, 479, 480, 481, 521), "style"),
    # What we show on purpose, and why: docs/markdown.md.
    **dict.fromkeys((83, 216), "a single `=` is more often a sum than a heading, and so is one below a definition"),
    90: "a hard break may come before a heading's line",
    93: "authors who underline a line mean a heading",
    134: "authors indent fences",
    147: "text behind a closing fence is text",
    251: "`>>> ` is Discord's own",
    **dict.fromkeys((278, 280, 281, 283), "the mark of an empty item is shown"),
    **dict.fromkeys((312, 313), "authors indent lists by more than they need to"),
    **dict.fromkeys((598, 601), "`<host:port>` is more often a placeholder than an address"),
    **dict.fromkeys((22, 32, 159, 162, 489, 495, 498, 500, 502, 503, 504, 507), "no address in the web, so shown"),
    **dict.fromkeys((484, 581), "a link without a text shows its address"),
    **dict.fromkeys((493, 494, 508), "an address with odd characters"),
    **dict.fromkeys((513, 518, 519, 524, 526, 536, 538), "a link within a link, HTML or an address in its text"),
    515: "a bracket alone in a link's text would end it",
    520: "a link within a link within an image",
    **dict.fromkeys((194, 533, 545, 547, 569, 571, 590), "a reference may be defined later"),
    597: "an address of mail without its scheme",
    **dict.fromkeys((161, 173, 182, 629), "HTML that chatbots do not write"),
    626: "comments end as in browsers",
}
"""Examples whose visible text is another, by their numbers in CommonMark 0.31.2, and why."""


class _Visible(HTMLParser):
    """The text of HTML, and the alternative texts of its images."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.text += dict(attrs).get("alt") or ""


def _expected(html: str) -> str:
    parser = _Visible()
    parser.feed(html)
    parser.close()
    return parser.text


_OWN = re.compile(r"[\s*_~\u200b\u200a─═]")
"""White space, marks of style, and what stands for rules."""

_TAG = re.compile(r"<[/!?A-Za-z][^<>]*>")
_REFERENCE = re.compile(r"^[ >-]*\[[^\]]*\]:|\[[^\]]*\]:\s", re.MULTILINE)
_LINK = re.compile(r"\]\(\s*(?!\s*\))")


def _letters(text: str) -> str:
    return _OWN.sub("", _TAG.sub("", text))


def _drawn(message: Message) -> str:
    return "".join(span.text for span in message.spans if "marker" not in span.styles)


def _is_within(part: str, whole: str) -> bool:
    rest = iter(whole)
    return all(letter in rest for letter in part)


def _in_the_web(example: dict[str, str]) -> str:
    """Return the example's source with its relative addresses in the web: others are shown beside their texts."""
    source = example["markdown"]
    for target in set(re.findall(r'(?:href|src)="([^"]+)"', example["html"])):
        if not re.match(r"[A-Za-z+.-]+:", target):
            plain = unescape(target)
            source = re.sub(rf"(\]\(\s*<?){re.escape(plain)}", rf"\1https://e.example/{plain.lstrip('/')}", source)
    return source


def test_no_word_of_an_example_is_lost_doubled_or_drawn_as_something_else() -> None:
    examples = commonmark_examples()
    sources = list(map(_in_the_web, examples))
    wrong = list[str]()
    for number, (example, source, messages) in enumerate(
        zip(examples, sources, read([to_discord_markdown(source) for source in sources]), strict=True), start=1
    ):
        expected = _letters(_expected(example["html"]))
        shown = [_letters(_drawn(message)) for message in messages.values()]
        good = expected in shown
        if _REFERENCE.search(source):  # the definition and its mark are shown as well
            good = any(_is_within(expected, text) for text in shown)
        if good == (number in DIFFERENT):
            wrong.append(f"{number}: {source!r}: {expected!r} is drawn as {shown!r}")
    assert not wrong, "\n".join(wrong)
