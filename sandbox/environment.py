"""What every demonstration runs in: a local Discord with a small server, the chat APIs, and the real bot."""

import asyncio
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.apis import Apis
from sandbox.bot_process import BotProcess, Relay
from sandbox.discord import Application, Channel, Discord, Guild, Person

READY_SECONDS = 30.0
"""How long the bot may take until it is connected; it takes two on an ordinary machine."""

_LAST_LINES = 20
KEPT_LINES = 200


class BotNotReady(Exception):
    """The bot did not get ready; `reason` says what happened instead, `log` is the end of what it printed."""

    def __init__(self, reason: str, log: Sequence[str]) -> None:
        super().__init__(reason)
        self.reason = reason
        self.log = tuple(log)


@dataclass
class Environment:
    """The server "Home": alice owns it, bob is a member, the bot answers in #general and #games."""

    discord: Discord
    apis: Apis
    app: Application
    guild: Guild
    general: Channel
    games: Channel
    alice: Person
    bob: Person
    folder: Path
    relay: Relay | None = None
    """Is handed each line that the bot prints."""
    settings: dict[str, str] = field(default_factory=dict)
    """Environment variables for the bot beside those of `bot_settings`, or instead of them."""
    bot: BotProcess | None = None
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT_LINES))
    """The end of the bot's log, over all its runs."""

    def bot_settings(self) -> dict[str, str]:
        """Return the bot's environment variables; the keys in them work nowhere else."""
        return {
            "DISCORD_TOKEN": self.app.token,
            "DISCORD_API_URL": self.discord.api_url,
            "DATABASE_URL": f"sqlite:///{self.folder / 'switchboard.db'}",
            "DEFAULT_PROVIDER": "chatbase",
            **self.apis.environment(),
            **self.settings,
        }

    def switch_message_content(self, *, on: bool) -> None:
        """Switch the message content intent of the application, and the bot's setting for it from its next start on."""
        self.app.switch_message_content(on=on)
        self.settings["MESSAGE_CONTENT_INTENT"] = "true" if on else "false"

    async def start_bot(self, limit: float = READY_SECONDS, **settings: str) -> float:
        """Start the bot, wait until it can be used, and return how many seconds that took; raises `BotNotReady`.

        `settings` count for this start only. The database stays from one start to the next.
        """
        begun = self.discord.clock.monotonic()
        ready = self.app.readies + 1
        self.bot = await BotProcess.start({**self.bot_settings(), **settings}, self.folder, relay=self._keep_line)
        waits = asyncio.create_task(self.discord.bot_ready(self.app, readies=ready, syncs=1, timeout=limit))
        ends = asyncio.create_task(self.bot.ended())
        try:
            await asyncio.wait({waits, ends}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waits.cancel()
            ends.cancel()
            results = await asyncio.gather(waits, ends, return_exceptions=True)
        if isinstance(results[1], int):
            raise BotNotReady(f"the bot exited with code {results[1]}", self.last_lines())
        if isinstance(results[0], TimeoutError):
            raise BotNotReady(f"the bot was not ready within {limit:g} s", self.last_lines())
        return self.discord.clock.monotonic() - begun

    async def stop_bot(self) -> int:
        """Stop the bot as a service manager would, and return its exit code; 0 if it does not run."""
        bot, self.bot = self.bot, None
        return 0 if bot is None else await bot.stop()

    def last_lines(self) -> Sequence[str]:
        """Return the end of the bot's log."""
        return [] if self.bot is None else [*self.bot.out, *self.bot.err][-_LAST_LINES:]

    def _keep_line(self, line: str) -> None:
        self.lines.append(line)
        if self.relay is not None:
            try:
                self.relay(line)
            except OSError:
                self.relay = None  # the reader of the log has gone, as `| head` does


@asynccontextmanager
async def open_environment(
    *, think: float = 0.0, pause: float = 0.0, relay: Relay | None = None
) -> AsyncIterator[Environment]:
    """Open everything but the bot, which `start_bot` starts; at the end the bot is stopped and all of it gone.

    `think` is how long the chat APIs wait before an answer, `pause` between the pieces of a stream, in seconds.
    """
    with tempfile.TemporaryDirectory(prefix="switchboard-sandbox-") as folder:
        async with Discord() as discord, Apis(think=think, pause=pause) as apis:
            env = _build(discord, apis, Path(folder), relay)
            try:
                yield env
            finally:
                await env.stop_bot()


def _build(discord: Discord, apis: Apis, folder: Path, relay: Relay | None) -> Environment:
    app = discord.create_application("Switchboard", owner="robin")
    alice, bob = discord.create_user("alice"), discord.create_user("bob")
    guild = discord.create_guild("Home", alice, bob)
    guild.add_bot(app)
    general, games = guild.add_text_channel("general"), guild.add_text_channel("games")
    return Environment(discord, apis, app, guild, general, games, alice, bob, folder, relay)
