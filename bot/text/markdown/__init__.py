"""Makes Markdown that Discord does not draw readable there, while the text is still arriving.

Chatbots write for the web: tables, formulas in LaTeX, images, HTML, code in four forms. Discord draws other things, and
shows the rest as the characters that it is made of. `docs/markdown.md` says for each construct what Discord makes of it
and what is shown; its rows are tests. Marks of style (bold, italics, spoilers) pass through as typed.

What is shown is never taken back, and does not depend on the pieces in which a text arrives. So what may still become
something else is held back, and nothing more, and never for long: a line for `MAX_LINE` characters (`lookahead.py`),
a table for `MAX_HELD` (`tables/layout.py`), a formula for 1000 (`latex_spans.py`), a link for 1300 (`links.py`),
inline code for 400 (`code_spans.py`), an element of HTML for 400 and a tag for 200 (`html/`). Other words go out with
their piece. What is longer is shown as typed, or as its words.

An answer may be made to do harm. So each character is looked at a bounded number of times, and a text becomes at most
about ten times as long, whatever it holds: `MAX_GROWTH` in `tables/layout.py` and `_MAX_GROWTH` in
`bot/text/latex/renderer.py` see to that.

No library does this: those that we know in Python want the whole of a text, since its last line may change what its
first one is.
"""

from bot.text.markdown.blocks import BlockParser
from bot.text.markdown.lookahead import LookaheadBuffer


class StreamingMarkdown:
    """A text made readable as it arrives; after `end` the next text may begin."""

    def __init__(self) -> None:
        self._shown: list[str] = []
        self._begin()

    def push(self, text: str) -> str:
        """Take the next piece of the text, and return what is to be shown after all that was shown before."""
        self._source.add(text)
        return self._go_on()

    def end(self) -> str:
        """Say that the text is whole, and return the rest of what is to be shown."""
        self._source.end()
        rest = self._go_on()
        self._begin()
        return rest

    def _begin(self) -> None:
        self._source = LookaheadBuffer()
        self._work = BlockParser(self._source, self._shown.append).run()

    def _go_on(self) -> str:
        next(self._work, None)
        shown = "".join(self._shown)
        self._shown.clear()
        return shown


def to_discord_markdown(text: str) -> str:
    """Return a whole text as it is shown."""
    readable = StreamingMarkdown()
    return readable.push(text) + readable.end()
