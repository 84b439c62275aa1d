"""An incremental decoder for server-sent events: bytes or text in, split anywhere, events out.

Follows "9.2.6 Interpreting an event stream" of the HTML standard, as far as names and payloads go: ids and reconnection
times are read and dropped. Pure; one decoder serves one stream.
"""

import codecs
import re
from itertools import islice
from typing import NamedTuple

# A line feed, or a carriage return that a line feed may belong to; never the other marks that `str.splitlines` knows.
_LINE_END = re.compile(r"\r\n|\n|\r")


class Event(NamedTuple):
    """One event: its `event:` name, empty if it has none, and its data lines joined by line feeds."""

    name: str
    data: str


class LineDecoder:
    """Cuts text into lines at CR, LF and CRLF. A line is given out at once, even if its CRLF is torn in two."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._skip_line_feed = False

    @property
    def rest(self) -> str:
        """What came after the last line end."""
        return "".join(self._parts)

    def peek(self, size: int) -> str:
        """Return the first `size` characters of what came after the last line end; its length costs nothing."""
        return "".join(islice(self._parts, size))[:size]

    def feed(self, text: str) -> list[str]:
        """Return the lines that `text` completes, without their ends."""
        if not text:
            return []
        if self._skip_line_feed:
            text = text.removeprefix("\n")
        self._skip_line_feed = text.endswith("\r")
        *complete, rest = _LINE_END.split(text)
        if complete:
            complete[0] = self.rest + complete[0]
            self._parts.clear()
        if rest:
            self._parts.append(rest)
        return complete


class SseDecoder:
    """Decodes one stream of server-sent events.

    Several data lines of an event are joined by line feeds; one space after the colon is framing, any further one is
    content. Bytes that are no UTF-8 become U+FFFD. Unlike in the standard, an event counts that has a name but no data:
    `event: error` alone tells enough.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._lines = LineDecoder()
        self._name = ""
        self._data: list[str] = []
        self._begun = False

    def feed(self, data: bytes | str) -> list[Event]:
        """Return the events that `data` completes."""
        text = self._decoder.decode(data) if isinstance(data, bytes) else data
        if text and not self._begun:
            text, self._begun = text.removeprefix("\ufeff"), True
        events = (self.take(line) for line in self._lines.feed(text))
        return [event for event in events if event is not None]

    def take(self, line: str) -> Event | None:
        """Read one whole line; return the event if it ends one that has a name or data."""
        if not line:
            name, data = self._name, "\n".join(self._data)
            self._name = ""
            self._data.clear()
            return Event(name, data) if name or data else None
        field, _, value = line.partition(":")
        if field == "data":
            self._data.append(value.removeprefix(" "))
        elif field == "event":
            self._name = value.removeprefix(" ")
        return None

    def close(self) -> Event | None:
        """Return the event that the end of the stream tore off, None if it ended between events.

        The standard drops such an event. A running answer keeps what arrived instead.
        """
        self._lines.feed(self._decoder.decode(b"", final=True))
        if self._lines.rest:
            self.take(self._lines.rest)
        return self.take("")
