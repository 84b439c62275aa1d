"""Reads `.env`, the file beside the program that holds its settings, and what people put around a value."""

import os
import re
from collections.abc import Mapping
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
            opened = re.match(r"\s*(?:export\s+)?(\w+)\s*=\s*['\"]", line.original.string)
            reason = f"the quotes around {opened[1]}'s value do not match" if opened else "write NAME=value"
            raise EnvFileError(f"{path} cannot be read from line {line.original.line} on: {reason}")
        if line.key is not None and line.value is not None:
            stored[line.key] = line.value
    return stored


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


_EDGES = " \t\r\n\f\v\u00a0\u00ad\u200b\u200c\u200d\u2028\u2029\u2060\ufeff"
"""What is around a value without anybody seeing it: white space, and what comes along from web pages and editors."""

_QUOTES = ('""', "''", "``", "“”", "„“", "””", "‘’", "‚‘", "’’", "«»", "»«")


def clean_values(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the values that are not blank, each without what is around it and does not belong to it.

    That is invisible characters, a pair of quotes, which Docker's `--env-file` and Windows' `set` leave there, and the
    variable's own name if somebody pasted the whole line.
    """
    cleaned = {name.strip(_EDGES): _clean(name.strip(_EDGES), value) for name, value in environment.items()}
    return {name: value for name, value in cleaned.items() if value}


def _clean(name: str, value: str) -> str:
    value = value.strip(_EDGES)
    whole_line = re.match(rf"(?:(?:export|set)\s+)?{re.escape(name)}\s*=", value, re.IGNORECASE)
    if whole_line:
        value = value[whole_line.end() :].strip(_EDGES)
    inner = value[1:-1]
    if len(value) > 1 and value[0] + value[-1] in _QUOTES and not {value[0], value[-1]} & set(inner):
        return inner.strip(_EDGES)
    return value
