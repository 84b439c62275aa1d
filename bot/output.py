"""What the program prints reaches its reader in any encoding, and a reader who has gone is no error."""

import io
import os
import sys
from collections.abc import Callable


def run_printing(command: Callable[[], int]) -> int:
    r"""Run a command and return its exit code, or 1 if the reader of its output went away (`| head -1`).

    Characters that the encoding of standard output or standard error lacks are printed as escapes (`\u201c`), as
    Windows' code page 1252, ASCII and the like need it. An output that is closed takes everything and shows nothing.
    """
    _prepare()
    try:
        try:
            return command()
        finally:
            _flush()
    except BrokenPipeError:
        _drop_rest()
        return 1


def _prepare() -> None:
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the caller (`>&-`), or a program without a console on Windows
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - it stays open to the end
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _flush() -> None:
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError as error:  # Windows calls a broken pipe an invalid argument
        raise BrokenPipeError from error


def _drop_rest() -> None:
    """Lead both outputs nowhere: Python flushes them once more at exit, and would complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(nowhere, stream.fileno())
