"""What bytes of a reply say as text: in the charset that its content type names, split anywhere, as a browser reads it.

Labels and byte-order marks from the WHATWG's Encoding Standard (4.2 "Names and labels", 6 "Hooks for standards").
"""

import codecs
import re

_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([^\s\"';,]{1,40})", re.IGNORECASE)

_READ_AS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "tis-620": "cp874",
    "euc_kr": "cp949",
    "utf-16": "utf-16-le",
}
"""Charsets of which a browser reads a larger one, by Python's names: servers mix them up."""

_KNOWN = re.compile(
    r"utf-(?:8|16-[lb]e)|cp(?:866|874|932|949|125[0-8])|iso8859-(?:[2-8]|1[0345])|iso8859-16|koi8-[ru]"
    r"|mac-(?:roman|cyrillic)|gb18030|big5hkscs|euc_jp|iso2022_jp"
)


def find_charset(content_type: str) -> str:
    """Return Python's name of the charset that a `Content-Type` names; UTF-8 if it names none that browsers know."""
    named = _CHARSET.search(content_type)
    try:
        name = codecs.lookup(named[1].lower().removeprefix("x-")).name if named else "utf-8"
    except (LookupError, ValueError):
        return "utf-8"
    name = _READ_AS.get(name, name)
    return name if _KNOWN.fullmatch(name) else "utf-8"


class BodyDecoder:
    """Decodes one body as it arrives. A byte-order mark counts more than the charset; it is no part of the text.

    Bytes that the charset does not have become U+FFFD.
    """

    def __init__(self, charset: str = "utf-8") -> None:
        self._charset = charset
        self._head = b""
        self._decoder: codecs.IncrementalDecoder | None = None

    def feed(self, data: bytes, *, final: bool = False) -> str:
        """Return the text that `data` adds; `final` says that there is no more of it."""
        if self._decoder is None:
            data = self._head + data
            if not final and any(mark.startswith(data) and mark != data for mark in _MARKS):
                self._head = data
                return ""
            mark = next((mark for mark in _MARKS if data.startswith(mark)), b"")
            self._decoder = codecs.getincrementaldecoder(_MARKS.get(mark, self._charset))("replace")
            data = data[len(mark) :]
        return self._decoder.decode(data, final)


def decode_body(body: bytes, content_type: str) -> str:
    """Return a whole body as text."""
    return BodyDecoder(find_charset(content_type)).feed(body, final=True)
