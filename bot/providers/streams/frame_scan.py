"""Tells, while a body arrives, whether it begins as an event stream does. Pure."""

import re

from bot.providers.streams.sse import LineDecoder

FIELDS = ("data:", "event:", "id:", "retry:", ":")
"""What a line of an event stream begins with, as far as it tells anything."""

_EVIDENT = re.compile(r"data:.*|event: ?[\w.-]*|id: ?\S*|retry: ?[0-9]*|:(?: .*|[\w.-]*)", re.DOTALL)
"""A line of an event stream that says of itself what it is. What any of these begins with, fits as well."""
_ERROR = re.compile(r"event: ?error")
_MAX_CHARS = 16_384
"""After so many characters without a whole frame a body is no event stream; it bounds what a doubt holds back."""
_MAX_PEEK = 64


class FrameScan:
    """Follows the beginning of one body; feeding it in any pieces takes linear time in all.

    If the body was `declared` to be an event stream, its first line is enough to bear that out. Otherwise a whole frame
    is: lines of an event stream and nothing else up to a blank one, with data among them, or an `event: error`.
    """

    def __init__(self, *, declared: bool) -> None:
        self.verdict: bool | None = None
        """Whether it is an event stream; None while it may be one."""
        self._declared = declared
        self._lines = LineDecoder()
        self._size = 0
        self._tells = False

    def feed(self, text: str) -> bool | None:
        """Read on; returns the verdict."""
        text = text[: _MAX_CHARS - self._size]
        self._size += len(text)
        for line in self._lines.feed(text):
            if self.verdict is None:
                self.verdict = self._judge(line)
        if self.verdict is None:
            self.verdict = self._judge_part(self._lines.peek(_MAX_PEEK))
        if self.verdict is None and self._size == _MAX_CHARS:
            self.verdict = False
        return self.verdict

    def _judge(self, line: str) -> bool | None:
        if not line:
            return True if self._tells else None
        if self._declared:
            return line.startswith(FIELDS)
        if not line.startswith(FIELDS) or not _EVIDENT.fullmatch(line):
            return False
        self._tells |= line.startswith("data:") or _ERROR.fullmatch(line) is not None
        return None

    def _judge_part(self, part: str) -> bool | None:
        """Judge a line by its beginning."""
        if not part.startswith(FIELDS):
            return None if any(field.startswith(part) for field in FIELDS) else False
        if self._declared:
            return True
        return None if _EVIDENT.fullmatch(part) else False
