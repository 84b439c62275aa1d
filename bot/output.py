"""What the program prints reaches its reader in any encoding, and a reader who has gone is no error."""

import errno
import io
import os
import sys
from collections.abc import Callable


def run_printing(command: Callable[[], int]) -> int:
    r"""Run a command and return its exit code, or 1 if nobody takes its output.

    The reader may have gone (`| head -1`), or the disk be full.
    Characters that the encoding of standard output or standard error lacks are printed as escapes (`\u201c`), as
    Windows' code page 1252, ASCII and the like need it. An output that is closed takes everything and shows nothing.
    """
    _prepare()
    try:
        try:
            return command()
        finally:
            _flush()
    except Exception as error:
        if not _is_refused_output(error):
            raise
        _drop_rest()
        return 1


def _is_refused_output(error: BaseException) -> bool:
    """Return whether an error, or each of a group of tasks, says that nobody takes what is printed."""
    if isinstance(error, BaseExceptionGroup):
        return all(_is_refused_output(each) for each in error.exceptions)
    # Windows calls a broken pipe an invalid argument. An error with a file's name is not about the output.
    return isinstance(error, OSError) and error.filename is None and error.errno in _REFUSED


_REFUSED = {errno.EPIPE, errno.ENOSPC} | ({errno.EINVAL} if os.name == "nt" else set())


def _prepare() -> None:
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the caller (`>&-`), or a program without a console on Windows
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - it stays open to the end
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _flush() -> None:
    sys.stdout.flush()
    sys.stderr.flush()


def _drop_rest() -> None:
    """Lead both outputs nowhere: Python flushes them once more at exit, and would complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(nowhere, stream.fileno())
