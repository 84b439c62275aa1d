"""What `.env` may look like, as editors on any system save it and as people write it for a shell."""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from unittest.mock import patch

import pytest

from bot.env_file import EnvFileError, is_open_to_others, read_env_file

READ = {
    "a byte order mark": (b"\xef\xbb\xbfTOKEN=abc\nMORE=d\n", {"TOKEN": "abc", "MORE": "d"}),
    "a byte order mark before a comment": (b"\xef\xbb\xbf# settings\nTOKEN=abc\n", {"TOKEN": "abc"}),
    "only a byte order mark": (b"\xef\xbb\xbf", {}),
    "nothing": (b"", {}),
    "export": (b"export TOKEN=abc\nexport\tMORE='d e'\n", {"TOKEN": "abc", "MORE": "d e"}),
    "double quotes": (b'TOKEN="a b # c"\n', {"TOKEN": "a b # c"}),
    "single quotes": (b"TOKEN='a \"b\" $c'\n", {"TOKEN": 'a "b" $c'}),
    "a quote in quotes": (b'TOKEN="a \\"b\\" c"\n', {"TOKEN": 'a "b" c'}),
    "an apostrophe": (b"TOKEN=Robin's bot\n", {"TOKEN": "Robin's bot"}),
    "lines in quotes": (b'TOKEN="a\nb"\nMORE=c\n', {"TOKEN": "a\nb", "MORE": "c"}),
    "CRLF": (b'TOKEN=abc\r\n\r\nMORE="d"\r\n', {"TOKEN": "abc", "MORE": "d"}),
    "CR": (b"TOKEN=abc\rMORE=d\r", {"TOKEN": "abc", "MORE": "d"}),
    "comments": (b"# one\n  # two\nTOKEN=abc # three\n#MORE=d\n", {"TOKEN": "abc"}),
    "a hash in a value": (b"TOKEN=a#b\n", {"TOKEN": "a#b"}),
    "an equals sign in a value": (b"URL=https://a.example/?b=c&d=e==\n", {"URL": "https://a.example/?b=c&d=e=="}),
    "blanks": (b"  TOKEN =  abc  \n\n\t\n", {"TOKEN": "abc"}),
    "dollars": (b"PASSWORD=a${HOME}$b\n", {"PASSWORD": "a${HOME}$b"}),
    "no value": (b"TOKEN=\nMORE\n", {"TOKEN": ""}),
    "twice": (b"TOKEN=a\nTOKEN=b\n", {"TOKEN": "b"}),
    "no line's end": (b"TOKEN=abc", {"TOKEN": "abc"}),
    "other scripts": ("TOKEN=René 日本\n".encode(), {"TOKEN": "René 日本"}),
}

REFUSED = {
    "Latin-1": (b"NAME=Ren\xe9\n", "UTF-8"),
    "UTF-16": ("TOKEN=hidden\n".encode("utf-16"), "UTF-8"),
    "UTF-16 without a mark": ("TOKEN=hidden\n".encode("utf-16-le"), "UTF-8"),
    "an open quote": (b'A=b\nTOKEN="hidden\n', "line 2 on: the quotes around TOKEN's value do not match"),
    "a quote that closes too soon": (b"export TOKEN = 'hidden'more\n", "line 1 on: the quotes around TOKEN's value"),
    "a quote that closes as another": (b"TOKEN='hidden\"\n", "line 1 on: the quotes around TOKEN's value"),
    "another format": (b"A=b\n# c\nTOKEN: hidden\n", "line 3"),
    "a mile of spaces": (b"A=b\nTOKEN=hidden" + b" " * 200_000 + b"c\n", "line 2 on: too many spaces"),
    "a mile of tabs": (b"TOKEN='hidden'" + b"\t" * 200_000 + b"c\n", "line 1 on: too many spaces"),
    "a book": (b"TOKEN=hidden\n" * 30_000, "it has more than 256,000 bytes"),
}


@pytest.mark.parametrize("name", READ)
def test_is_read(name: str, tmp_path: Path) -> None:
    written, expected = READ[name]
    (tmp_path / ".env").write_bytes(written)
    assert read_env_file(tmp_path / ".env") == expected


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_in_one_line_that_names_the_file(name: str, tmp_path: Path) -> None:
    written, reason = REFUSED[name]
    (tmp_path / ".env").write_bytes(written)
    with pytest.raises(EnvFileError) as caught:
        read_env_file(tmp_path / ".env")
    told = str(caught.value)
    assert told.startswith(f"{tmp_path / '.env'} cannot be read")
    assert reason in told
    assert "hidden" not in told
    assert "\n" not in told


def _make_folder(path: Path) -> None:
    path.mkdir()


def _make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))


def _make_loop(path: Path) -> None:
    path.symlink_to(path)


def _lead_to_endless_file(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_make_folder, "Is a directory"),
        (_make_socket, "No such device or address"),
        (_make_loop, "Too many levels of symbolic links"),
        (_lead_to_endless_file, "it has more than 256,000 bytes"),
        (os.mkfifo, "it is a pipe, and nobody wrote into it for 0.01 s"),
    ],
)
def test_what_is_no_file_is_refused_for_what_it_is(
    make: Callable[[Path], None], reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.env_file._PIPE_SECONDS", 0.01)
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    make(Path(".env"))
    with pytest.raises(EnvFileError) as caught:
        read_env_file(Path(".env"))
    assert str(caught.value) == f".env cannot be read: {reason}"


def test_a_pipe_is_read_like_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".env")
    writing = Thread(target=(tmp_path / ".env").write_bytes, args=[b"TOKEN=abc\n" * 20_000 + b"MORE=d\n"])
    writing.start()
    assert read_env_file(tmp_path / ".env") == {"TOKEN": "abc", "MORE": "d"}
    writing.join()


def test_an_empty_device_is_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / ".env").symlink_to("/dev/null")
    assert read_env_file(tmp_path / ".env") == {}


def test_no_file_is_no_mistake(tmp_path: Path) -> None:
    assert read_env_file(tmp_path / ".env") == {}


@pytest.mark.parametrize(
    ("mode", "is_open"), [(0o600, False), (0o400, False), (0o711, False), (0o644, True), (0o640, True), (0o602, True)]
)
def test_whether_others_can_read_or_change_it(mode: int, is_open: bool, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    assert not is_open_to_others(file)
    file.touch()
    file.chmod(mode)
    assert is_open_to_others(file) is is_open
    with patch("os.name", "nt"):
        assert not is_open_to_others(file)
