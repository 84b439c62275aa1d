"""What is shown, as it is written: knows where lines begin, and adds the lines that HTML's blocks ask for."""

from bot.text.markdown.lookahead import Output

JOINER = "\u200b"
"""What keeps marks apart that would be others together: a zero-width space, which nobody sees."""


class Writer:
    """Takes what is to be shown, piece by piece; called with text, it writes that text."""

    def __init__(self, emit: Output) -> None:
        self.last = ""
        """The character that was written last."""
        self.margin = ""
        """What a line that is added begins with: a quotation's mark, an item's indentation."""
        self.quoted = False
        """Whether lines stand in a quotation of HTML, and so get its mark here."""
        self.wrote = False
        """Whether anything was written since this was last set to false."""
        self.in_bare_item = False
        """Whether nothing but an item's mark was written in this line."""
        self._emit = emit
        self._newlines = 2
        """How many line feeds were written last in a row: before all of it, as if there were a blank line."""
        self._wanted = 0
        self._indent = ""
        self._item = ""
        self._prefix = ""

    @property
    def begins_line(self) -> bool:
        """Whether nothing was written in this line, but for its prefix."""
        return self._newlines > 0 or self._wanted > 0

    @property
    def after_blank(self) -> bool:
        """Whether a blank line was written last."""
        return self._newlines > 1

    def __call__(self, text: str) -> None:
        """Write `text`, behind the line feeds and the indentation that were asked for."""
        if not text:
            return
        if self._newlines or self._wanted:
            self._begin(text)
        self._emit(text)
        self.wrote, self.in_bare_item = True, False
        self.last = text[-1]
        if text == "\n":
            self._newlines += 1
        elif self.last == "\n":
            feeds = len(text) - len(text.rstrip("\n"))
            self._newlines = feeds + (self._newlines if feeds == len(text) else 0)
        else:
            self._newlines = 0

    def _begin(self, text: str) -> None:
        """Write what stands before `text` in its line, and the lines above it that were asked for."""
        if not (self._wanted or self._prefix or self._indent or self._item or self.quoted):
            return
        prefix, own = self._prefix, "> " if self.quoted else ""
        if text[0] == "\n":
            prefix = prefix or (own if self._newlines else "")
        else:
            while self._wanted > self._newlines:
                self._emit(f"{prefix or own}\n" if self._newlines else "\n")
                prefix = prefix if self._newlines else self.margin
                self._newlines += 1
            self._wanted = 0
            if self._item:
                prefix = "> " if ">" in prefix else ""
            if ">" not in prefix:
                prefix += own
            prefix += self._item or self._indent
            self._item = ""
        if prefix:
            self._emit(prefix)
        self._prefix = self._indent = ""

    def prefix(self, text: str) -> None:
        """Write a quotation's mark before whatever comes in the line that begins here."""
        self._prefix = text

    def indent(self, text: str) -> None:
        """Write `text` before whatever the line begins with, if anything comes."""
        self._indent = text

    def break_line(self, count: int = 1) -> None:
        """Say that whatever comes next begins a line, with a count of 2 behind a blank line."""
        if not self._item:
            self._wanted = max(self._wanted, count)
        self._indent = ""

    def begin_item(self, marker: str) -> None:
        """Say that whatever comes next begins an item of a list."""
        self._item, self._wanted, self._indent = marker, 1, ""

    def begin_line(self) -> None:
        """Begin a line now, unless one has just begun, and drop its indentation."""
        if self._item or self.in_bare_item:
            self(JOINER)  # Discord wants something in an item
        self._indent = ""
        if not self._newlines:
            self._emit("\n")
            self._newlines, self.last, self._prefix = 1, "\n", self.margin
