"""HTML's elements that are drawn from tag to tag: what Discord has for them, else their words."""

import re
from collections.abc import Callable

from bot.text.latex.scripts import draw_scripts
from bot.text.markdown.addresses import GAP
from bot.text.markdown.code_spans import draw_code_span
from bot.text.markdown.html.tags import BOLD_LINES, CODE, HEADINGS, STYLES, Tag, decode_entities
from bot.text.markdown.links import draw_image, draw_link, strip_links
from bot.text.markdown.writer import JOINER, Writer

DRAWN_WHOLE = frozenset({*STYLES, *CODE, *HEADINGS, *BOLD_LINES, "sub", "sup", "a", "q", "th"})
"""The names of these elements. A longer one than is waited for loses its tags."""

_MAX_SCRIPT = 12
"""The longest text above or below the line that is not shown in it."""

_ITALIC = re.compile(r"(?<![\\*\w])(\*\*|)\*(?![\s*])([^*\n]*[^\s*])\*\1(?![*\w])")
"""Italics, and what is bold besides, in an element that makes it italic."""

_ANY_TAG = re.compile(r"""</?[A-Za-z](?:="[^"]*"|='[^']*'|[^<>])*+>""")
_FEED = re.compile(r"[ \t\r]*\n[ \t>]*")


class ElementWriter:
    """Writes elements; `rewrite` returns the text within one as it is shown."""

    def __init__(self, write: Writer, rewrite: Callable[[str], str]) -> None:
        self._write = write
        self._rewrite = rewrite

    def image(self, tag: Tag, after: str) -> None:
        """Write the image of a tag that the character `after` follows."""
        self._link(draw_image(self._rewrite(tag.attribute("alt")), tag.attribute("src")), after)

    def whole(self, tag: Tag, inner: str, after: str) -> None:
        """Write the element of a tag, with the source that it encloses, before the character `after`."""
        inner = _FEED.sub(" ", inner)
        name = tag.name
        if name in CODE or name == "pre":
            self._write_apart(draw_code_span(decode_entities(_ANY_TAG.sub("", inner)).strip()), after)
            return
        shown = self._rewrite(inner)
        text = shown.strip()
        if name in STYLES and text:
            before, _, behind = shown.partition(text)
            mark = STYLES[name]
            self._write(before)
            text = text.replace(mark, "") if len(mark) > 1 else _ITALIC.sub(r"\1\2\1", text)
            self._write_apart(mark + text + mark, after)
            self._write(behind)
        elif name in ("sub", "sup"):
            self._write(_draw_script(name, text))
        elif name == "a":
            self._link(draw_link(strip_links(text), tag.attribute("href")), after)
        elif name == "th":
            self._write(f"**{text}**" if text else "")
        elif name in HEADINGS or name in BOLD_LINES:
            self._write.break_line(2 if name == "summary" else 1)
            self._write(_draw_heading(name, " ".join(text.split("\n"))))
            self._write.break_line()
        else:
            self._write(f"“{text}”" if name == "q" else shown)

    def _link(self, link: tuple[str, bool], after: str) -> None:
        drawn, bare = link
        self._write(drawn + (GAP if bare and after and not after.isspace() else ""))

    def _write_apart(self, marked: str, after: str) -> None:
        """Write what stands between marks, so that they do not meet others of their kind."""
        if not marked:
            return
        if self._write.last == marked[0] and not self._write.begins_line:
            self._write(JOINER)
        self._write(marked + (JOINER if after == marked[-1] else ""))


def _draw_heading(name: str, text: str) -> str:
    if not text:
        return ""
    return HEADINGS[name] + text if name in HEADINGS else f"**{text.replace('**', '')}**"


def _draw_script(name: str, text: str) -> str:
    """Return small characters if Unicode has all of them; else what is short in brackets, and longer text as it is."""
    shown = draw_scripts(text, "") if name == "sub" else draw_scripts("", text)
    if not re.search(r"[_^]", shown):
        return shown
    if len(text) > _MAX_SCRIPT or not text.isascii() or not re.search(r"\w", text) or text[0] in "[(`*<":
        return text
    return f"\\_({text})" if name == "sub" else f"^({text})"
