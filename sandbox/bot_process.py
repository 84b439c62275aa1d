"""The bot as a process of its own: started with the given environment only, watched, stopped or killed."""

import asyncio
import os
import signal
import subprocess
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

from sandbox.apis.transport.conditions import Changes

ROOT = Path(__file__).resolve().parents[1]
"""The folder that holds the `bot` package."""

STOP_SECONDS = 20.0
"""How long the bot may take to stop. It lets answers in flight go on for 10 s, and closes its doors after that."""

if sys.platform == "win32":
    _STOP = signal.CTRL_BREAK_EVENT
    _APART: dict[str, Any] = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
else:
    _STOP = signal.SIGTERM
    _APART: dict[str, Any] = {"start_new_session": True}

_OF_THE_SYSTEM = ("SYSTEMROOT",)
"""Variables without which no program starts on Windows."""

KEPT_LINES = 10_000
MAX_LINE = 1024 * 1024

Relay = Callable[[str], object]


class BotProcess:
    """One run of `python -m bot`. The caller of `start` has to `stop` or `kill` it."""

    def __init__(self, process: asyncio.subprocess.Process, relay: Relay | None) -> None:
        """Use `start`."""
        self.out: deque[str] = deque(maxlen=KEPT_LINES)
        """Lines of standard output, where the bot's log goes."""
        self.err: deque[str] = deque(maxlen=KEPT_LINES)
        """Lines of standard error, where it says why it did not start."""
        self._process = process
        self._relay = relay
        self._changes = Changes()
        self._life = asyncio.create_task(self._live())

    @classmethod
    async def start(
        cls,
        environment: Mapping[str, str],
        folder: Path,
        *arguments: str,
        relay: Relay | None = None,
        module: str = "bot",
    ) -> Self:
        """Run the bot in `folder`, from which it reads `.env`; `relay` is handed each line that it prints.

        `module` may name another program to run in its place, such as the bot with a meter inside.

        The environment is what is given and nothing else: no setting, proxy or credential of the caller's gets in. The
        process has a session of its own, so that a Ctrl-C in the terminal reaches its owner only, who stops it.
        """
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, *arguments),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            cwd=folder,
            env={name: os.environ[name] for name in _OF_THE_SYSTEM if name in os.environ}
            | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **environment},
            limit=MAX_LINE,
            **_APART,
        )
        return cls(process, relay)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def code(self) -> int | None:
        """The exit code, negative for a signal; None while the process runs or its last lines are being read."""
        return self._life.result() if self._life.done() else None

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, unless the process has ended."""
        if self._process.returncode is None:
            self._process.send_signal(number)

    async def ended(self, limit: float | None = None) -> int:
        """Wait until the process has ended and all its lines are read; TimeoutError after `limit` seconds."""
        async with asyncio.timeout(limit):
            return await asyncio.shield(self._life)

    async def stop(self, limit: float = STOP_SECONDS) -> int:
        """Ask the process to stop, kill it after `limit` seconds, and return its exit code."""
        self.send_signal(_STOP)
        try:
            return await self.ended(limit)
        except TimeoutError:
            return await self.kill()
        except asyncio.CancelledError:
            # Somebody is in a hurry, such as a person who presses Ctrl-C twice.
            self._end_at_once()
            raise

    async def kill(self) -> int:
        """End the process at once, without a chance to tidy up, and return its exit code."""
        self._end_at_once()
        return await self.ended()

    def _end_at_once(self) -> None:
        if self._process.returncode is None:
            self._process.kill()

    async def printed(self, part: str, limit: float = 10.0, *, times: int = 1) -> str:
        """Return the line, past or to come, that is the first (or `times`-th) to hold `part`.

        Raises TimeoutError after `limit` seconds.
        """

        def find() -> str | None:
            found = [line for line in (*self.out, *self.err) if part in line]
            return found[times - 1] if len(found) >= times else None

        return await self._changes.until(find, limit)

    async def _live(self) -> int:
        """Read both outputs to their ends, and return the exit code."""
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        async with asyncio.TaskGroup() as readers:
            readers.create_task(self._read(self._process.stdout, self.out))
            readers.create_task(self._read(self._process.stderr, self.err))
        return await self._process.wait()

    async def _read(self, stream: asyncio.StreamReader, lines: deque[str]) -> None:
        while line := await stream.readline():
            lines.append(line.decode("utf-8", "replace").rstrip("\r\n"))
            self._changes.announce()
            if self._relay is not None:
                try:
                    self._relay(lines[-1])
                except OSError:
                    self._relay = None  # the reader has gone, as `| head` does
