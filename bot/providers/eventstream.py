"""An incremental decoder for server-sent events: bytes or text in, split anywhere, event payloads out.

Follows "9.2.6 Interpreting an event stream" of the HTML standard, as far as payloads go: event names, ids and
reconnection times are read and dropped. Pure; one decoder serves one stream.
"""

import codecs
import re

# A line feed, or a carriage return that a line feed may belong to; never the other marks that `str.splitlines` knows.
_LINE_END = re.compile(r"\r\n|\n|\r")


class Lines:
    """Cuts text into lines at CR, LF and CRLF. A line is given out at once, also where its CRLF is torn in two."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._skip_line_feed = False

    @property
    def rest(self) -> str:
        """What came after the last line end."""
        return "".join(self._parts)

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


class EventStream:
    """Decodes one stream of server-sent events.

    Several data lines of an event are joined by line feeds; one space after the colon is framing, any further one is
    content. Bytes that are no UTF-8 become U+FFFD.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._lines = Lines()
        self._data: list[str] = []
        self._begun = False

    def feed(self, data: bytes | str) -> list[str]:
        """Return the payloads of the events that `data` completes."""
        text = self._decoder.decode(data) if isinstance(data, bytes) else data
        if text and not self._begun:
            text, self._begun = text.removeprefix("\ufeff"), True
        payloads = (self.take(line) for line in self._lines.feed(text))
        return [payload for payload in payloads if payload is not None]

    def take(self, line: str) -> str | None:
        """Read one whole line; return the event's payload where it ends an event that has one."""
        if not line:
            payload = "\n".join(self._data)
            self._data.clear()
            return payload or None
        name, _, value = line.partition(":")
        if name == "data":
            self._data.append(value.removeprefix(" "))
        return None

    def close(self) -> str | None:
        """Return the payload of the event that the end of the stream tore off, None where it ended between events.

        The standard drops such an event; whoever shows a running answer rather keeps what arrived.
        """
        self._lines.feed(self._decoder.decode(b"", final=True))
        if self._lines.rest:
            self.take(self._lines.rest)
        return self.take("")
