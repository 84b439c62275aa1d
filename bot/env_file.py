"""Reads `.env`, the file beside the program that holds its settings."""

from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream


class EnvFileError(Exception):
    """The file cannot be read; the text is the one line to show, with the file's name in it and nothing of its text."""


def read_env_file(path: Path) -> dict[str, str]:
    """Return the values by their names, none if there is no such file; raises `EnvFileError`.

    Not with `dotenv_values`, which logs a malformed line and goes on without it. `parse_stream` drops a byte order
    mark, which Windows' editors may put first.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError):
        text = "\0"
    if "\0" in text:  # as in UTF-16 without a mark, which is valid UTF-8 all the same
        raise EnvFileError(f"{path} cannot be read: it has to be a UTF-8 text file")
    stored = {}
    for line in parse_stream(StringIO(text)):
        if line.error:
            raise EnvFileError(f"{path} cannot be read from line {line.original.line} on: write NAME=value")
        if line.key is not None and line.value is not None:
            stored[line.key] = line.value
    return stored
