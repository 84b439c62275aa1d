"""Formulas as they arrive: each becomes a line or lines of Unicode, or of code."""

import re

from bot.text.latex.renderer import render_formula
from bot.text.markdown.enumerations import EnumerationReader
from bot.text.markdown.latex_spans import CLOSERS, find_closer, is_formula, read_environment
from bot.text.markdown.lookahead import LookaheadBuffer, Parser
from bot.text.markdown.writer import Writer


class FormulaParser:
    """Rewrites formulas, wherever they stand in a line."""

    def __init__(self, source: LookaheadBuffer, write: Writer) -> None:
        self._source = source
        self._write = write
        self._enumerations = EnumerationReader(source)

    def rewrite(self, opener: str) -> Parser[None]:
        """Rewrite what begins here with `opener`, if it is a formula; else pass on the opener alone."""
        start, closer = len(opener), CLOSERS[opener]
        end = yield from find_closer(self._source, opener)
        shown = ""
        if end is not None:
            after = yield from self._source.peek(end + len(closer))
            tex = self._source.ahead(start, end)
            is_mark = opener == "\\(" and (yield from self._enumerations.is_mark(tex, end + len(closer)))
            if not is_mark and is_formula(opener, tex, after):
                shown = render_formula(self._unquoted(tex))
        if end is None or not shown:
            self._write(self._source.take(start))
            return
        # Code that met other code would no longer be two of them.
        shown = shown.replace("\n", f"\n{self._write.margin}")
        before = " " if self._write.last == "`" and shown[0] == "`" else ""
        self._source.take(end + len(closer))
        self._write(before + shown + (" " if shown[-1] == "`" and after and after in "`\\$" else ""))

    def rewrite_environment(self) -> Parser[bool]:
        """Rewrite the environment that begins here; returns whether it is one of formulas."""
        tex = yield from read_environment(self._source)
        shown = render_formula(self._unquoted(tex)) if tex else ""
        if shown:
            self._source.take(len(tex))
            self._write(shown.replace("\n", f"\n{self._write.margin}"))
        return bool(shown)

    def _unquoted(self, tex: str) -> str:
        return re.sub(r"\n[ >]*", "\n", tex) if ">" in self._write.margin else tex
