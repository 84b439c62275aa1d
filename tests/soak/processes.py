"""The bot's processes in the course of a soak: started, killed, replaced, and measured."""

import asyncio
from pathlib import Path

from sandbox.bot_process import BotProcess
from sandbox.environment import Environment

PAGE_BYTES = 4096


class Processes:
    """Starts and ends the bot as an operator, or an accident, does."""

    def __init__(self, env: Environment) -> None:
        self._env = env
        self.all: list[BotProcess] = []
        self.memory: dict[int, list[float]] = {}
        """Megabytes of each process, one reading after another."""
        self.sockets: dict[int, list[int]] = {}
        """Open sockets of each process, likewise."""

    async def start(self) -> BotProcess:
        """Start the bot, beside one that may run already."""
        await self._env.start_bot()
        assert self._env.bot is not None
        self.all.append(self._env.bot)
        return self._env.bot

    async def kill(self) -> None:
        """Kill the bot and start it again, as a supervisor does."""
        assert self._env.bot is not None
        await self._env.bot.kill()
        await self.start()

    async def replace(self, *, beside: float, kill: bool = False) -> None:
        """Start a second process, and after so many seconds end the first one."""
        old = self._env.bot
        assert old is not None
        await self.start()
        await asyncio.sleep(beside)
        await (old.kill() if kill else old.stop())

    async def measure(self, period: float) -> None:
        """Take a reading of each process that runs, again and again."""
        while True:
            for process in self.all:
                if process.code is None:
                    self._read(process.pid)
            await asyncio.sleep(period)

    @property
    def lines(self) -> list[str]:
        """Everything that was logged."""
        return [line for process in self.all for line in (*process.out, *process.err)]

    def _read(self, pid: int) -> None:
        try:
            pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
            sockets = sum("socket:" in str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir())
        except OSError:
            return  # it has just ended
        self.memory.setdefault(pid, []).append(pages * PAGE_BYTES / 1e6)
        self.sockets.setdefault(pid, []).append(sockets)
