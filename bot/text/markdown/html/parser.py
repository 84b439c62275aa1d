"""HTML that chatbots write: Discord's own marks for what it has, and the words of the rest."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from bot.text.markdown.html.elements import DRAWN_WHOLE, ElementWriter
from bot.text.markdown.html.preformatted import rewrite_preformatted
from bot.text.markdown.html.tags import BLOCKS, BOLD_LINES, HEADINGS, STYLES, VOID, Closers, Tag, read_tag
from bot.text.markdown.lookahead import BLANKS, LookaheadBuffer, Parser
from bot.text.markdown.writer import Writer

RULE = "─" * 12
"""What is shown for a horizontal rule: short enough for a phone."""

_MAX_HELD = 400
"""How many characters of an element are waited for that is drawn as a whole. The words of a longer one go out."""

_MAX_LISTS = 8
_MAX_MARKS = 3
"""How many marks in a row begin a style: `***`."""

_MAX_BLANKS = 200
_INDENTED_WITHIN = frozenset({"tr", "td", "th", "li"})
"""Elements around which blanks and line feeds are the source's own."""

_IN_LISTS = frozenset({"li"})
_IN_DEFINITIONS = frozenset({"dt", "dd"})
_ANYTHING = re.compile(r".*", re.DOTALL)
_NEEDED = {
    "img": re.compile(r".*\ssrc\s*=\s*[\"']?[^\s\"'].*", re.DOTALL | re.IGNORECASE),
    "source": re.compile(r".*\ssrc(?:set)?\s*=.*", re.DOTALL | re.IGNORECASE),
    "input": re.compile(r".*\stype\s*=\s*[\"']?checkbox\b.*", re.DOTALL | re.IGNORECASE),
}
"""What the attributes have without which these are only words about tags."""

_IN_TABLES = frozenset({"tr", "td", "th", "thead", "tbody", "tfoot", "caption"})


class HtmlParser:
    """Rewrites tags; `rewrite` returns the text within an element as it is shown. `in_line` if no block may begin."""

    def __init__(self, source: LookaheadBuffer, write: Writer, rewrite: Callable[[str], str], *, in_line: bool) -> None:
        self._source = source
        self._write = write
        self._in_line = in_line
        self._elements = ElementWriter(write, rewrite)
        self._closers = Closers(source, _MAX_HELD)
        self._open: Counter[str] = Counter()
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
        elif not (yield from self._whole(tag)):
            self._source.take(tag.length)
            yield from self._begin(tag)
        if tag.name in _INDENTED_WITHIN and not (tag.closes and tag.name == "li" and not self._lists):
            self._source.take((yield from self._source.skip(0, BLANKS + "\n", _MAX_BLANKS)))
        self._behind_tag = self._source.position
        return True

    def _accepts(self, tag: Tag) -> Parser[bool]:
        """Tell a tag from a word about one: `the <p> tag`."""
        name = tag.name
        if tag.closes and name != "br":
            return self._open[name] > 0 or (self._at_edge and name in BLOCKS)
        if name in VOID:
            return tag.is_certain("") and _NEEDED.get(name, _ANYTHING).fullmatch(tag.attributes) is not None
        if (name in _IN_LISTS and self._lists) or (name in _IN_TABLES and self._open["table"]):
            return True
        if (name in _IN_DEFINITIONS and self._open["dl"]) or (name == "p" and self._open["p"]):
            return True
        if tag.attributes and tag.is_certain(self._source.last):
            return True
        if name not in BLOCKS and (yield from self._closers.find(tag)) is not None:
            return True
        if tag.attributes:
            return (yield from self._closers.find(tag)) is not None
        after = yield from self._source.peek(tag.length)
        if name not in BLOCKS and name != "pre":
            return after.isalnum() and not self._source.last.isalnum()  # that is `List<b>x`
        return (self._at_edge and after not in (" ", ",", ".")) or (yield from self._closers.find(tag)) is not None

    @property
    def _at_edge(self) -> bool:
        """Whether nothing stands before this in its line but tags and an item's mark."""
        write = self._write
        return write.begins_line or write.in_bare_item or self._behind_tag == self._source.position

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
        feeds = BLOCKS.get(name, name in BOLD_LINES or name in HEADINGS)
        if feeds and not self._write.in_bare_item:
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
                self._elements.image(tag, (yield from self._source.peek()))
                return
            case "input":
                after = yield from self._source.peek()
                self._write(("☑" if "checked" in tag.options else "☐") + ("" if after.isspace() else " "))
                return
            case "pre" if not self._in_line:
                yield from rewrite_preformatted(self._source, self._write, tag)
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
        self._open[name] += name not in VOID

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
        """Rewrite an element from tag to tag; returns whether it is one for that, and short enough."""
        if tag.name not in DRAWN_WHOLE and not (tag.name == "pre" and self._in_line):
            return False
        found = yield from self._closers.find(tag)
        if found is None:
            return False
        before, behind = found
        if re.search(rf"<{tag.name}[\s>]", self._source.ahead(tag.length, before), re.IGNORECASE):
            return False  # what closes there belongs to an element of the same name within this one
        mark = STYLES.get(tag.name, "")
        is_marked = bool(mark) and (yield from self._is_between(mark, behind))
        after = yield from self._source.peek(behind)
        element = self._source.take(behind)
        if tag.name == "th":
            self._cell()
        if is_marked:
            tag = replace(tag, name="span")
        self._elements.whole(tag, element[tag.length : before], after)
        return True

    def _is_between(self, mark: str, behind: int) -> Parser[bool]:
        """Tell whether the element that ends at an offset stands between marks of its own style already."""
        before = self._source.before(_MAX_MARKS + 1)
        size = len(before) - len(before.rstrip(mark[0]))
        if not len(mark) <= size <= _MAX_MARKS or (size > len(mark) and size < _MAX_MARKS):
            return False
        end = yield from self._source.skip(behind, mark[0], behind + _MAX_MARKS + 1)
        return end - behind == size
