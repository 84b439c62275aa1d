"""What differs between systems: event loops without signal handlers, encodings without our characters, lost readers."""

import ast
import asyncio
import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from io import StringIO
from pathlib import Path

import pytest

from bot.commands.progress_display import ProgressDisplay
from bot.output import run_printing
from bot.stop_signals import StopSignals
from tests.process.bot_runs import run_without_reader

ROOT = Path(__file__).resolve().parents[1]


class LoopOfWindows(asyncio.SelectorEventLoop):
    """An event loop that has no handlers for signals, as on Windows."""

    def add_signal_handler(self, *_: object) -> None:
        raise NotImplementedError


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_arrive_on_a_loop_without_handlers(number: signal.Signals) -> None:
    async def stop() -> None:
        stop = StopSignals(30)
        stop.opened()
        os.kill(os.getpid(), number)
        await stop.requested.wait()
        assert not stop.hurried.is_set()
        os.kill(os.getpid(), signal.SIGINT)
        await stop.hurried.wait()
        assert stop._end is not None
        stop._end.cancel()

    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        with asyncio.Runner(loop_factory=LoopOfWindows) as runner:
            runner.run(stop())
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _run(code: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    command = f"import sys; from bot.output import run_printing as run\ndef do(): {code}; return 0\nsys.exit(run(do))"
    return subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, env=variables, capture_output=True, check=False, timeout=60
    )


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1"])
def test_what_an_encoding_lacks_is_printed_as_escapes(encoding: str) -> None:
    done = _run("print('✓ “é”'); print('→', file=sys.stderr)", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr.strip()) == (0, rb"\u2192")
    assert done.stdout.startswith(rb"\u2713")


def test_closed_outputs_take_everything() -> None:
    done = _run("print('a'); print('b', file=sys.stderr)")
    assert done.returncode == 0
    command = f"'{sys.executable}' -m bot --version >&- 2>&-"
    assert subprocess.run(["sh", "-c", command], cwd=ROOT, check=False, timeout=60).returncode == 0


@pytest.mark.parametrize("module", ["bot", "sandbox"])
def test_a_reader_who_has_gone_is_no_traceback(module: str) -> None:
    assert run_without_reader(module, "--help", folder=ROOT) == (1, b"")


@pytest.mark.parametrize("is_terminal", [False, True])
def test_progress_that_nobody_watches_stops_no_work(is_terminal: bool) -> None:
    class Gone(StringIO):
        def isatty(self) -> bool:
            return is_terminal

        def write(self, text: str) -> int:
            raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    display = ProgressDisplay(Gone())
    display("copying", 1, 2)
    display("comparing", 2, 2)
    display.close()


def test_other_errors_are_not_taken_for_a_lost_reader() -> None:
    for error in (FileNotFoundError(errno.ENOENT, "", "x"), OSError(errno.ENOSPC, "", "file"), ValueError()):
        with pytest.raises(type(error)):
            run_printing(partial(_raise, error))
        with pytest.raises(ExceptionGroup):
            run_printing(partial(_raise, ExceptionGroup("", [BrokenPipeError(errno.EPIPE, ""), error])))


def _raise(error: Exception) -> int:
    raise error


POSIX_ONLY = {
    *("add_signal_handler", "fork", "uname", "geteuid", "getuid", "getgid", "setuid", "killpg", "getpgid", "setsid"),
    *("SIGKILL", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGSTOP", "SIGCONT", "SIGALRM", "start_unix_server", "mkfifo"),
    *("open_unix_connection", "AF_UNIX", "fchmod", "chown", "getrusage", "sched_getaffinity", "O_NOFOLLOW"),
}
"""Names that Windows' Python lacks, or that raise there."""
POSIX_MODULES = {"fcntl", "pwd", "grp", "resource", "termios", "tty", "pty", "posix", "syslog"}

FALLS_BACK = {("bot/stop_signals.py", "add_signal_handler"), ("bot/store/leases/sqlite.py", "fcntl")}
"""Where there is another way for Windows."""


def nodes(*rooms: str, holding: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Yield each part of the sources' syntax, with its file, of files that hold a text."""
    for room in rooms:
        for path in (ROOT / room).rglob("*.py"):
            source, name = path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()
            if holding in source:
                yield from ((name, node) for node in ast.walk(ast.parse(source)))


def test_nothing_needs_posix() -> None:
    found = set()
    for path, node in nodes("bot", "cogs", "sandbox", "scripts"):
        names: set[str] = set()
        if isinstance(node, ast.Attribute):
            names = {node.attr} & POSIX_ONLY
        elif isinstance(node, ast.Import):
            names = {alias.name for alias in node.names} & POSIX_MODULES
        elif isinstance(node, ast.ImportFrom):
            names = ({node.module or ""} & POSIX_MODULES) | ({alias.name for alias in node.names} & POSIX_ONLY)
        found |= {(path, name) for name in names}
    assert found == FALLS_BACK


def test_sqlite_is_opened_as_python_3_13_wants() -> None:
    """From that version on, all that `sqlite3.connect` takes but the file is to be named."""
    for path, node in nodes("bot", "sandbox", "scripts", "bench", "tests", holding="sqlite3.connect("):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "sqlite3.connect":
            assert len(node.args) == 1, f"{path}:{node.lineno}"
