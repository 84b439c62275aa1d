"""How payloads go over the wire: as text, or compressed in each way that Discord documents.

Source: Discord's documentation, "Encoding and Compression".
"""

import zlib
from collections.abc import Callable

Encode = Callable[[str], str | bytes]
"""Makes a WebSocket message of a payload. One connection's payloads go through the same, in their order."""

MIN_COMPRESSED = 1024
"""Bytes from which on a payload is compressed by itself; Discord compresses "some"."""

_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_ZSTD_HEADER = b"\x00\x38"
_ZSTD_BLOCK = 128 * 1024


def as_text(text: str) -> str | bytes:
    """Leave a payload as it is."""
    return text


def compress_payload(text: str) -> str | bytes:
    """Compress a payload by itself if it is large (`compress` in IDENTIFY)."""
    data = text.encode()
    return zlib.compress(data) if len(data) >= MIN_COMPRESSED else text


def zlib_stream() -> Encode:
    """Begin a zlib stream that is flushed after each payload."""
    deflate = zlib.compressobj()
    return lambda text: deflate.compress(text.encode()) + deflate.flush(zlib.Z_SYNC_FLUSH)


def zstd_stream() -> Encode:
    """Begin a Zstandard frame that never ends.

    Its blocks are stored, which needs no library: any decoder reads them like compressed ones, and on loopback nothing
    is won by less bytes. Source: RFC 8878, 3.1.1: a frame with a window of 128 KiB, and `Raw_Block`s.
    """
    head = _ZSTD_MAGIC + _ZSTD_HEADER

    def encode(text: str) -> bytes:
        nonlocal head
        data = text.encode()
        parts, head = [head], b""
        for begin in range(0, len(data), _ZSTD_BLOCK):
            block = data[begin : begin + _ZSTD_BLOCK]
            parts += [(len(block) << 3).to_bytes(3, "little"), block]
        return b"".join(parts)

    return encode


TRANSPORTS: dict[str, Callable[[], Encode]] = {
    "": lambda: as_text,
    "zlib-stream": zlib_stream,
    "zstd-stream": zstd_stream,
}
"""What each value of `compress` in the gateway's address begins."""
