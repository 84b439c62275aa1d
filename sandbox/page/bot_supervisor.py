"""Starts, stops and kills the bot's process from the page, and reports its state to every tab."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import NoReturn, Self

from sandbox.discord.errors import Json
from sandbox.environment import BotNotReady, Environment


class BotSupervisor:
    """Looks after the one bot process, from `async with` on; each change of `state` goes to the change log.

    `state` is `stopped`, `starting`, `running` or `stopping`; `note` says why, or is empty.
    """

    def __init__(self, env: Environment) -> None:
        self.state = "stopped"
        self.note = ""
        self.starts = 0
        self._env = env
        self._one_at_a_time = asyncio.Lock()
        self._watch: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)

    async def start(self) -> float:
        """Start the bot unless it runs, and return the seconds until it was ready; raises `BotNotReady`."""
        async with self._one_at_a_time:
            if self.state == "running":
                return 0.0
            self._become("starting")
            self.starts += 1
            try:
                seconds = await self._env.start_bot()
            except BotNotReady as error:
                await self._env.stop_bot()
                self._become("stopped", f"{error.reason[0].upper()}{error.reason[1:]}.")
                raise
            self._become("running", f"Ready after {seconds:.1f} s.")
            self._watch = asyncio.create_task(self._wait_for_the_end())
            return seconds

    async def stop(self, *, kill: bool = False) -> None:
        """Stop the bot as a service manager would, or `kill` it without a chance to tidy up."""
        async with self._one_at_a_time:
            bot = self._env.bot
            if bot is None or self.state != "running":
                return
            self._become("stopping")
            await (bot.kill() if kill else bot.stop())
            if self._watch is not None:
                await self._watch

    async def switch_message_content(self, *, on: bool) -> None:
        """Switch the message content intent, and start a bot that runs again with it; raises `BotNotReady`."""
        if on is self._env.app.reads_content:
            return
        runs = self.state in ("starting", "running")
        await self.stop()
        self._env.switch_message_content(on=on)
        if runs:
            await self.start()
        else:
            self._become(self.state, self.note)

    async def report_changes(self, tell: Callable[[str], object]) -> NoReturn:
        """Stay until cancelled, telling of each end and start of the bot from now on."""
        async with self._env.discord.subscribe() as changes:
            async for change in changes:
                if change.subject is self and self.note:
                    tell(self.note)
        raise AssertionError("the feed has no end")

    def view(self) -> Json:
        """Return how the bot is, for the page."""
        bot = self._env.bot
        running = bot is not None and self.state == "running"
        return {
            "state": self.state,
            "note": self.note,
            "pid": bot.pid if bot is not None and running else None,
            "connected": bool(self._env.discord.gateway.connected(self._env.app)),
            "starts": self.starts,
            "message_content": self._env.app.reads_content,
        }

    async def _wait_for_the_end(self) -> None:
        assert self._env.bot is not None
        await self._env.bot.ended()
        code = await self._env.stop_bot()
        how = f"was stopped by signal {-code}" if code < 0 else f"exited with code {code}"
        self._become("stopped", f"The bot {how}.")

    def _become(self, state: str, note: str = "") -> None:
        self.state, self.note = state, note
        self._env.discord.change_log.record("bot.state", self)
