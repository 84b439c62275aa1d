"""Reads `.env`, the file beside the program that holds its settings."""

import os
import re
import select
import stat
import time
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream

from bot.domain.secrets.pasted import clean_pasted, strip_edges

_MAX_BYTES = 256_000

_PIPE_SECONDS = 10.0
"""How long somebody has to write into a pipe, such as a password manager that has `.env` be one."""

_LONG_SPACE = re.compile(r"[^\S\r\n]{500}")
"""White space on which `parse_stream` would lose time: it costs the square of the length."""


class EnvFileError(Exception):
    """The file cannot be read; the text is the one line to show, with the file's name in it and nothing of its text."""


def read_env_file(path: Path) -> dict[str, str]:
    """Return the values by their names, none if there is no such file; raises `EnvFileError`.

    Not with `dotenv_values`, which logs a malformed line and goes on without it. `parse_stream` drops a byte order
    mark, which Windows' editors may put first.
    """
    try:
        text = _read(path).decode()
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError:
        text = "\0"
    except OSError as error:
        raise EnvFileError(f"{path} cannot be read: {error.strerror or error}") from None
    if "\0" in text:  # as in UTF-16 without a mark, which is valid UTF-8 all the same
        raise EnvFileError(f"{path} cannot be read: it has to be a UTF-8 text file")
    if space := _LONG_SPACE.search(text):
        line_number = text.count("\n", 0, space.start()) + 1
        raise EnvFileError(f"{path} cannot be read from line {line_number} on: too many spaces follow one another")
    stored = {}
    for line in parse_stream(StringIO(text, newline=None)):
        if line.error:
            opened = re.match(r"\s*(?:export\s+)?(\w+)\s*=\s*['\"]", line.original.string)
            reason = f"the quotes around {opened[1]}'s value do not match" if opened else "write NAME=value"
            raise EnvFileError(f"{path} cannot be read from line {line.original.line} on: {reason}")
        if line.key is not None and line.value is not None:
            stored[line.key] = line.value
    return stored


def _read(path: Path) -> bytes:
    """Return what a file or a pipe holds; raises `OSError` for what is too long, or a pipe into which nobody writes."""
    # Without blocking, since opening a pipe would wait for somebody who writes. Only Windows has a mode for text.
    file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        is_pipe, until, read = stat.S_ISFIFO(os.fstat(file).st_mode), time.monotonic() + _PIPE_SECONDS, b""
        while True:
            if is_pipe and not select.select([file], [], [], max(0.0, until - time.monotonic()))[0]:
                raise TimeoutError(f"it is a pipe, and nobody wrote into it for {_PIPE_SECONDS:g} s")
            try:
                piece = os.read(file, _MAX_BYTES)
            except BlockingIOError:
                continue
            read += piece
            if not piece:
                return read
            if len(read) > _MAX_BYTES:
                raise OSError(f"it has more than {_MAX_BYTES:,} bytes")
    finally:
        os.close(file)


def is_open_to_others(path: Path) -> bool:
    """Return whether other users of this machine can read or change a file; False if there is none.

    On Windows, where a file's mode tells nothing of that, False.
    """
    if os.name == "nt":
        return False
    try:
        return bool(path.stat().st_mode & 0o066)
    except OSError:
        return False


def clean_values(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the values that are not blank, each without what is around it and does not belong to it."""
    named = {strip_edges(name): value for name, value in environment.items()}
    cleaned = {name: clean_pasted(name, value) for name, value in named.items()}
    return {name: value for name, value in cleaned.items() if value}
