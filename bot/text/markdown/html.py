"""HTML that chatbots write: Discord's own marks for what it has, and the words of the rest."""

import re
from collections import Counter
from collections.abc import Callable

from bot.text.latex.scripts import draw_scripts
from bot.text.markdown.code import JOINER, CodeBlock, read_language
from bot.text.markdown.code_spans import draw_code_span
from bot.text.markdown.html_tags import (
    BLOCKS,
    BOLD_LINES,
    CODE,
    HEADINGS,
    STYLES,
    Closers,
    Tag,
    decode_entities,
    read_entity,
    read_tag,
)
from bot.text.markdown.links import draw_image, draw_link
from bot.text.markdown.lookahead import BLANKS, LookaheadBuffer, Parser
from bot.text.markdown.writer import Writer

RULE = "─" * 12
"""What is shown for a horizontal rule: short enough for a phone."""

_MOST_HELD = 400
"""How many characters of an element are waited for that is drawn as a whole. The words of a longer one go out."""

_MAX_LISTS = 8
_MOST_BLANKS = 200
_MAX_SCRIPT = 12
_ANY_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_FEED = re.compile(r"[ \t\r]*\n[ \t>]*")
_CODE = re.compile(r"[^<&\n]+")
_INDENTED_WITHIN = frozenset({"tr", "td", "th", "li"})
"""Elements around which blanks and line feeds are the source's own."""

_IN_LISTS = frozenset({"li"})
_IN_TABLES = frozenset({"tr", "td", "th", "thead", "tbody", "tfoot", "caption"})
_DRAWN_WHOLE = frozenset({*STYLES, *CODE, *HEADINGS, *BOLD_LINES, "sub", "sup", "a", "q", "th"})


class HtmlParser:
    """Rewrites tags; `rewrite` returns the text within an element as it is shown."""

    def __init__(self, source: LookaheadBuffer, write: Writer, rewrite: Callable[[str], str]) -> None:
        self._source = source
        self._write = write
        self._rewrite = rewrite
        self._closers = Closers(source, _MOST_HELD)
        self._open = Counter[str]()
        self._lists: list[int | None] = []
        """The open lists, each with the number of its next item, None if it has no numbers."""
        self._cells = 0
        self._behind_tag = -1

    def rewrite_tag(self) -> Parser[bool]:
        """Rewrite the tag that begins here; returns whether there is one."""
        tag = yield from read_tag(self._source)
        if tag is None or not (yield from self._accepts(tag)):
            return False
        if tag.closes and tag.name != "br":
            self._source.take(tag.length)
            self._close(tag.name)
        elif tag.name not in _DRAWN_WHOLE or not (yield from self._whole(tag)):
            self._source.take(tag.length)
            yield from self._begin(tag)
        if tag.name in _INDENTED_WITHIN and not (tag.closes and tag.name == "li" and not self._lists):
            self._source.take((yield from self._source.skip(0, BLANKS + "\n", _MOST_BLANKS)))
        self._behind_tag = self._source.position
        return True

    def _accepts(self, tag: Tag) -> Parser[bool]:
        """Tell a tag from a word about one: `the <p> tag`."""
        name = tag.name
        if tag.closes and name != "br":
            return self._open[name] > 0 or (self._at_edge and name in BLOCKS)
        if name in ("br", "hr", "wbr") or tag.attributes:
            return name != "img" or bool(tag.attribute("src"))
        if (name in _IN_LISTS and self._lists) or (name in _IN_TABLES and self._open["table"]):
            return True
        if name not in BLOCKS and (yield from self._closers.find(tag)) is not None:
            return True
        after = yield from self._source.peek(tag.length)
        if name not in BLOCKS and name != "pre":
            return after.isalnum()
        return (self._at_edge and after not in (" ", ",", ".")) or (yield from self._closers.find(tag)) is not None

    @property
    def _at_edge(self) -> bool:
        """Whether nothing stands before this in its line but tags and an item's mark."""
        write = self._write
        return write.begins_line or not write.wrote or self._behind_tag == self._source.position

    def _close(self, name: str) -> None:
        self._open[name] = max(0, self._open[name] - 1)
        if name in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif name == "blockquote":
            self._write.quoted = self._open[name] > 0
        if feeds := BLOCKS.get(name):
            self._write.break_line(feeds)

    def _begin(self, tag: Tag) -> Parser[None]:
        """Begin an element whose content follows as it comes."""
        name = tag.name
        feeds = BLOCKS.get(name)
        if feeds and (self._write.wrote or self._write.begins_line):  # not directly behind an item's mark
            self._write.break_line(feeds)
        match name:
            case "br":
                yield from self._break()
                return
            case "hr":
                self._write.break_line()
                self._write(RULE)
                self._write.break_line()
                return
            case "img":
                shown, bare = draw_image(self._rewrite(tag.attribute("alt")), tag.attribute("src"))
                self._write(shown + (" " if bare else ""))
                return
            case "pre":
                yield from self._code()
                return
            case "ul" | "ol" if len(self._lists) < _MAX_LISTS:
                start = tag.attribute("start")
                self._lists.append(None if name == "ul" else int(start) if re.fullmatch(r"\d{1,9}", start) else 1)
            case "li":
                self._write.begin_item(self._item())
            case "tr":
                self._cells = 0
            case "td" | "th":
                self._cell()
            case "blockquote":
                self._write.quoted = True
        self._open[name] += name != "wbr"

    def _item(self) -> str:
        number = self._lists[-1] if self._lists else None
        if self._lists and number is not None:
            self._lists[-1] = number + 1
        indent = "  " if number is None else "   "
        return indent * (len(self._lists) - 1) + ("- " if number is None else f"{number}. ")

    def _cell(self) -> None:
        if self._cells:
            self._write(" | ")
        self._cells += 1

    def _break(self) -> Parser[None]:
        self._source.take((yield from self._source.skip(0)))
        if (yield from self._source.peek()) not in ("", "\n"):
            self._write(f"\n{self._write.margin}")

    def _whole(self, tag: Tag) -> Parser[bool]:
        """Rewrite an element from tag to tag; returns whether it is short enough."""
        found = yield from self._closers.find(tag)
        if found is None:
            return False
        inner = self._source.ahead(tag.length, found[0])
        inner = _FEED.sub(" ", inner)
        after = yield from self._source.peek(found[1])
        self._source.take(found[1])
        name = tag.name
        if name in CODE:
            self._write_apart(draw_code_span(decode_entities(_ANY_TAG.sub("", inner)).strip()), after)
            return True
        shown = self._rewrite(inner)
        text = shown.strip()
        if name in STYLES and text:
            before, _, behind = shown.partition(text)
            mark = STYLES[name]
            self._write(before)
            self._write_apart(mark + (text.replace(mark, "") if len(mark) > 1 else text) + mark, after)
            self._write(behind)
        elif name in ("sub", "sup"):
            self._write(_draw_script(name, text))
        elif name == "a":
            drawn, bare = draw_link(text, tag.attribute("href"))
            self._write(drawn + (" " if bare and after and not after.isspace() else ""))
        elif name == "th":
            self._cell()
            self._write(f"**{text}**" if text else "")
        elif name in HEADINGS or name in BOLD_LINES:
            self._write.break_line(2 if name == "summary" else 1)
            self._write(_draw_heading(name, " ".join(text.split("\n"))))
            self._write.break_line()
        else:
            self._write(f"“{text}”" if name == "q" else shown)
        return True

    def _write_apart(self, marked: str, after: str) -> None:
        """Write what stands between marks, so that they do not meet others of their kind."""
        if not marked:
            return
        if self._write.last == marked[0] and not self._write.begins_line:
            self._write(JOINER)
        self._write(marked + (JOINER if after == marked[-1] else ""))

    def _code(self) -> Parser[None]:
        """Rewrite a block of code: the text of `<pre>` to its end."""
        language = ""
        inner = yield from read_tag(self._source)
        if inner is not None and inner.name == "code" and not inner.closes:
            self._source.take(inner.length)
            language = _language(inner.attribute("class"))
        self._write.break_line()
        block = CodeBlock(self._write, language, "> " if self._write.quoted else self._write.margin.rstrip(" "))
        while char := (yield from self._source.peek()):
            if run := self._source.take_run(_CODE):
                block.add(run)
            elif char == "\n":
                self._source.take(1)
                block.end_line()
            elif char == "&":
                entity, length = yield from read_entity(self._source)
                block.add(entity or "&")
                self._source.take(length or 1)
            else:
                tag = yield from read_tag(self._source)
                if tag is None:
                    block.add(self._source.take(1))
                    continue
                self._source.take(tag.length)
                if tag.name == "pre" and tag.closes:
                    break
        block.close(feed=False)
        self._write.break_line()


def _language(classes: str) -> str:
    """Return the language that a block's classes name: `language-py`, or the only one."""
    names = classes.split()
    named = [name for name in names if name.startswith(("language-", "lang-"))] or names[:1]
    return read_language(named[0].removeprefix("lang-")) if named else ""


def _draw_heading(name: str, text: str) -> str:
    if not text:
        return ""
    return HEADINGS[name] + text if name in HEADINGS else f"**{text.replace('**', '')}**"


def _draw_script(name: str, text: str) -> str:
    """Return small characters if Unicode has all of them; else what is short in brackets, and longer text as it is."""
    shown = draw_scripts(text, "") if name == "sub" else draw_scripts("", text)
    if not re.search(r"[_^]", shown):
        return shown
    if len(text) > _MAX_SCRIPT or not re.search(r"\w", text) or text[0] in "[(`*<":
        return text
    return f"\\_({text})" if name == "sub" else f"^({text})"
