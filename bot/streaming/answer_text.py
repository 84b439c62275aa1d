"""The text of an answer, as the history and the file with the whole answer keep it."""

from collections.abc import Iterable
from io import StringIO

from bot.domain.content import Buttons, Chunk

_REPLACEMENT = "\ufffd"


class AnswerText:
    """A text that grows by an answer's pieces. A million pieces of one letter take no more room than one text."""

    def __init__(self) -> None:
        self._text = StringIO(newline="")
        self._half = ""

    def __str__(self) -> str:
        """Return the text so far."""
        return self._text.getvalue()

    def push(self, piece: Chunk) -> str:
        """Take the next piece, and return what it adds: the title of buttons belongs to the text."""
        if isinstance(piece, str):
            return self._add(piece)
        if isinstance(piece, Buttons) and piece.title:
            return self._add(f"\n\n{piece.title}" if self._text.tell() else piece.title)
        return ""

    def end(self) -> str:
        """Return what is to be shown of a character that stays half; may be called again."""
        half, self._half = self._half, ""
        return self._add(_REPLACEMENT) if half else ""

    def _add(self, text: str) -> str:
        text, self._half = _clean(self._half + text)
        self._text.write(text)
        return text


def text_of(pieces: Iterable[Chunk]) -> str:
    """Return the text of an answer of `pieces`."""
    text = AnswerText()
    for piece in pieces:
        text.push(piece)
    return str(text)


def _clean(text: str) -> tuple[str, str]:
    """Return `text` with what no database or wire takes replaced, and apart a half surrogate pair at its end.

    A pair may arrive in two pieces: JSON escapes an emoji as two surrogates, and a stream may split between them.
    """
    half = ""
    if text and "\ud800" <= text[-1] <= "\udbff":
        text, half = text[:-1], text[-1]
    if not text.isascii():
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\0", _REPLACEMENT), half
