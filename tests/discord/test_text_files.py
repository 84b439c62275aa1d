"""Which attachments are texts, and what is in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.reading.attachments import sort_attachments
from bot.discord.reading.text_files import decode, is_text
from bot.domain.attachments import MAX_FILE_BYTES, MAX_FILE_NAME_CHARS, MAX_FILES, AttachedFile


class Attached:
    """An attachment as Discord describes it."""

    def __init__(self, filename: str, size: int = 10, content_type: str | None = None) -> None:
        self.filename, self.size, self.content_type = filename, size, content_type
        self.url = f"https://cdn.discordapp.com/attachments/1/2/{filename}"


@pytest.mark.parametrize(
    ("name", "content_type", "expected"),
    [
        ("notes.txt", "text/plain; charset=utf-8", True),
        ("NOTES.MD", None, True),
        ("data.csv", "application/octet-stream", True),
        ("data.json", "application/json; charset=utf-8", True),
        ("app.ts", "video/mp2t", True),
        ("Makefile", None, True),
        ("LICENSE", None, True),
        (".gitignore", None, True),
        ("unknown", "text/x-python; charset=utf-8", True),
        ("feed.unknown", "application/atom+xml", True),
        ("message", "application/json", True),
        ("photo.png", "image/png", False),
        ("drawing.svg", "image/svg+xml", False),
        ("voice-message.ogg", "audio/ogg", False),
        ("paper.pdf", "application/pdf", False),
        ("archive.zip", "application/zip", False),
        ("txt", None, False),
        ("unknown", None, False),
        ("photo.txt.png", "image/png", False),
    ],
)
def test_texts_are_known_by_name_or_type(name: str, content_type: str | None, expected: bool) -> None:
    assert is_text(name, content_type) is expected


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a\r\nb\rc\n", "a\nb\nc"),
        ("ä\n".encode("utf-8-sig"), "ä"),
        ("ä🙂".encode("utf-16"), "ä🙂"),
        (b"\xfe\xff" + "ä".encode("utf-16-be"), "ä"),
        (b"", ""),
        (b"    indented", "    indented"),
        (b"a\0b", None),
        ("ä".encode("latin-1"), None),
        ("ä".encode("utf-32"), None),
        (b"\xff\xfea", None),
    ],
)
def test_utf_8_and_marked_utf_16_are_texts(data: bytes, text: str | None) -> None:
    assert decode(data) == text


@given(st.binary(max_size=300))
def test_nothing_that_is_no_text_gets_through(data: bytes) -> None:
    text = decode(data)
    assert text is None or ("\0" not in text and text.encode().decode() == text)


def test_files_are_taken_in_order_while_they_fit() -> None:
    sizes = {"a.txt": MAX_FILE_BYTES - 100, "b.txt": 101, "c.md": 100, "d.png": 1, "e.txt": 1}
    files, names = sort_attachments(Attached(name, size) for name, size in sizes.items())
    assert [file.name for file in files] == ["a.txt", "c.md"]
    assert names == ("b.txt", "d.png", "e.txt")
    assert files[0] == AttachedFile("a.txt", "https://cdn.discordapp.com/attachments/1/2/a.txt")


def test_only_so_many_files_are_taken() -> None:
    files, names = sort_attachments(Attached(f"{number}.txt") for number in range(MAX_FILES + 1))
    assert (len(files), names) == (MAX_FILES, (f"{MAX_FILES}.txt",))


@pytest.mark.parametrize(
    "name", ["n" * 10_000 + ".txt", "n" * 10_000 + ".png", "a\n\nb.txt", "z\u0334" * 5000 + ".txt"]
)
def test_names_are_kept_on_one_line_and_not_whole(name: str) -> None:
    files, names = sort_attachments([Attached(name)])
    (kept,) = [*(file.name for file in files), *names]
    assert len(kept) <= MAX_FILE_NAME_CHARS
    assert kept.splitlines() == [kept]
    assert bool(files) == name.endswith(".txt")
