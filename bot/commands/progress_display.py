"""Shows how far a command is: a bar on a terminal, and elsewhere a line for each tenth; and says how it ended."""

from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from bot.store.errors import MaintenanceError

_WIDTH = 30
_STEPS = 10


class ProgressDisplay:
    """Implements `Progress` on a stream, such as standard error. Nothing is written for what is done at once.

    If its reader has gone (`2>&1 | head -1`), nothing more is shown, and the work goes on.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._is_terminal = out.isatty()
        self._what = ""
        self._shown = -1

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show that `done` of `total` is done; one that is the same in what is shown writes nothing."""
        share = done / total if total else 1.0
        shown = int(share * (100 if self._is_terminal else _STEPS))
        if what != self._what:
            self.close()
            self._what = what
        elif shown <= self._shown:
            return
        self._shown = shown
        if self._is_terminal:
            filled = int(share * _WIDTH)
            self._write(f"\r{what} [{'#' * filled}{'.' * (_WIDTH - filled)}] {shown:3} %")
        else:
            self._write(f"{what}: {shown * 100 // _STEPS} % ({done} of {total})\n")

    def close(self) -> None:
        """End the bar's line."""
        if self._is_terminal and self._shown >= 0:
            self._write("\n")
        self._shown = -1

    def _write(self, text: str) -> None:
        with suppress(OSError):
            self._out.write(text)
            self._out.flush()


def run_with_progress(work: Callable[[ProgressDisplay], str], interrupted: str, out: TextIO, err: TextIO) -> int:
    """Do `work`, and return the command's exit code.

    What it returns is said on `out`; on `err` how far it is, and in one line what went wrong, `interrupted` on Ctrl-C.
    """
    display = ProgressDisplay(err)
    try:
        code, said = 0, work(display)
    except MaintenanceError as error:
        code, said = 1, str(error)
    except KeyboardInterrupt:
        code, said = 130, interrupted
    display.close()
    (err if code else out).write(f"{said}\n")
    return code
