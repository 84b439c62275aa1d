"""What a browser can read, the bot can read: charsets, byte-order marks, JSON under other types or behind a guard."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.providers.charsets import BodyDecoder, decode_body, find_charset
from tests.providers.conftest import Make, ask
from tests.providers.samples import ANSWERS, ENVIRONMENTS
from tests.providers.wire import CHUNKED, LAST, WireServer, chunk, head, reply

CASES = [
    ("latin-1", "latin-1", "Grüße"),
    ("ISO-8859-1", "cp1252", "“Grüße” – 5 €"),
    ("windows-1252", "cp1252", "“Grüße” – 5 €"),
    ("windows-1251", "cp1251", "Привет"),
    ("koi8-r", "koi8-r", "Привет"),
    ("utf-16", "utf-16", "Grüße 日本 🍕"),
    ("utf-16le", "utf-16-le", "Grüße 日本 🍕"),
    ("UTF-16BE", "utf-16-be", "Grüße 日本 🍕"),
    ("shift_jis", "shift_jis", "日本語"),
    ("x-sjis", "cp932", "日本語①"),
    ("euc-jp", "euc-jp", "日本語"),
    ("gb2312", "gb18030", "中文 𠀀"),
    ("big5", "big5", "中文"),
    ("euc-kr", "cp949", "한국어"),
    ("no-such-thing", "utf-8", "Grüße 日本 🍕"),
    ("rot13", "utf-8", "Grüße 日本 🍕"),
    ("unicode_escape", "utf-8", "\\u0041"),
    ("latin-1", "utf-8-sig", "Grüße 日本 🍕"),
]
"""The charset that is named, what the body is really in, and its text. A byte-order mark counts more than the name."""


def _encoded(name: str, text: str, codec: str) -> bytes:
    body = json.dumps(ANSWERS[name], ensure_ascii=False).replace("Hello", text.replace("\\", "\\\\"))
    return body.encode(codec)


@pytest.mark.parametrize("name", ENVIRONMENTS)
async def test_an_answer_is_read_in_the_charset_that_it_comes_in(make: Make, server: WireServer, name: str) -> None:
    for named, codec, text in CASES:
        for kind in ("application/json", "text/html"):
            server.play(reply(_encoded(name, text, codec), Content_Type=f"{kind}; charset={named}"))
            assert await ask(make(name)) == text, (named, kind)


@pytest.mark.parametrize("name", ENVIRONMENTS)
async def test_json_is_read_whatever_it_is_called(make: Make, server: WireServer, name: str) -> None:
    body = _encoded(name, "Grüße", "utf-8")
    server.play(head(200, Content_Length=str(len(body))) + body)
    assert await ask(make(name)) == "Grüße"
    for guard in (
        b")]}',\n",
        b")]}'\n",
        b"while(1);",
        b"for(;;);",
        b"throw 1; ",
        b"&&&START&&&",
        b"{}&&",
        b"\xef\xbb\xbf \n",
    ):
        server.play(reply(guard + body, Content_Type="application/json"))
        assert await ask(make(name)) == "Grüße", guard


@pytest.mark.parametrize(("named", "codec", "text"), CASES)
async def test_a_stream_is_decoded_as_it_arrives(
    make: Make, server: WireServer, named: str, codec: str, text: str
) -> None:
    for kind, sent in (("text/plain", f"It says: {text}"), ("text/event-stream", f"data: It says: {text}\n\n")):
        pieces = [chunk(bytes([byte])) for byte in sent.encode(codec)]
        server.play((head(200, Transfer_Encoding="chunked", Content_Type=f"{kind};charset={named}"), *pieces, LAST))
        assert await ask(make("chatbase")) == f"It says: {text}"
    server.play((CHUNKED, *(chunk(bytes([byte])) for byte in "Grüße".encode()), LAST))
    assert await ask(make("chatbase")) == "Grüße"


@given(st.binary(max_size=60), st.sampled_from([case[0] for case in CASES]), st.lists(st.integers(0, 60), max_size=5))
def test_where_a_body_is_cut_changes_nothing(body: bytes, named: str, cuts: list[int]) -> None:
    content_type = f'text/plain; CharSet="{named}"'
    decoder, at, parts = BodyDecoder(find_charset(content_type)), 0, list[str]()
    for cut in sorted(cuts):
        parts.append(decoder.feed(body[at:cut]))
        at = max(at, cut)
    parts.append(decoder.feed(body[at:], final=True))
    assert "".join(parts) == decode_body(body, content_type)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "text/plain; charset=",
        "text/plain; charset=\x00",
        "a; charset=" + "x" * 10_000,
        "; charset=hex",
    ],
)
def test_what_names_no_charset_is_utf_8(content_type: str) -> None:
    assert find_charset(content_type) == "utf-8"
