"""One library's bot in a process of its own, and the events that it prints."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build" / "clients"

SECONDS = 30.0
"""What each step of a client may take."""


@dataclass(frozen=True)
class Client:
    """A library: the folder in `build/clients` that it is installed in, the command that runs its bot, and settings."""

    folder: str
    command: tuple[str, ...]
    settings: Mapping[str, str] = field(default_factory=dict)

    def require(self) -> None:
        """Skip the test if the library is not installed, but fail in CI."""
        if (BUILD / self.folder / "installed").is_file():
            return
        missing = f"{self.folder} is missing: `make build/clients/{self.folder}/installed`"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)


def python_client(folder: str, script: str, **settings: str) -> Client:
    """Return a library for Python, whose bot is `script`."""
    return Client(
        folder, (str(BUILD / folder / "bin" / "python"), "-W", "ignore", str(HERE / "bots" / script)), settings
    )


def node_client(folder: str, script: str) -> Client:
    """Return a library for Node.js, whose bot is `script`."""
    return Client(folder, ("node", str(HERE / "bots" / script)), {"NODE_PATH": str(BUILD / folder / "node_modules")})


@dataclass
class RunningClient:
    """A bot that runs: the events that it has printed, and what it has printed to stderr."""

    process: asyncio.subprocess.Process
    events: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    _heard: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def printed(self, event: str) -> None:
        """Wait until the bot has printed an event; raises AssertionError with its errors if it ends or is too slow."""
        try:
            async with asyncio.timeout(SECONDS), self._heard:
                await self._heard.wait_for(lambda: event in self.events or self.process.returncode is not None)
        except TimeoutError:
            pass
        assert event in self.events, self.trouble()

    def trouble(self) -> str:
        """Return what the bot printed, for a failed test's message."""
        return "\n".join([f"events: {self.events}", *self.errors])

    async def read_events(self) -> None:
        """Read the events until the bot ends."""
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            async with self._heard:
                self.events.append(json.loads(line)["event"])
                self._heard.notify_all()
        await self.process.wait()
        async with self._heard:
            self._heard.notify_all()

    async def read_errors(self) -> None:
        """Read what else it prints until it ends."""
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.errors.append(line.decode().rstrip())


@asynccontextmanager
async def running(client: Client, environment: Mapping[str, str]) -> AsyncIterator[RunningClient]:
    """Run a bot, and end it at the end."""
    process = await asyncio.create_subprocess_exec(
        *client.command,
        env={**os.environ, **client.settings, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    bot = RunningClient(process)
    readers = [asyncio.create_task(bot.read_events()), asyncio.create_task(bot.read_errors())]
    try:
        yield bot
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await asyncio.gather(*readers)
