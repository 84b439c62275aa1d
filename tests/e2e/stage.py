"""A stage for the whole bot: a Discord with a few people, the chat APIs, and the real bot between them."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.app import App, open_bot
from bot.app.life import Life
from bot.discord.gateway import identify_limit
from bot.discord.gateway.connection import point_at
from bot.domain.cluster.shards import ShardShare
from bot.settings import Configuration, load
from cogs.catching_up import CatchingUp
from sandbox.apis import Apis
from sandbox.discord import Application, Channel, Discord, Guild, Interaction, Message, Person
from sandbox.discord.limits.rate_limits import CREATE_MESSAGES, EDIT_MESSAGES, TYPE, WEBHOOK
from tests.databases import execute
from tests.e2e.loglines import LogLines, listening

SIGN = " ▌"
"""What the bot puts below an answer that goes on."""

WAITS = "-# You're in line"
"""How the bot begins what it tells somebody who waits behind others."""

on_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
"""Marks a test that restarts the bot to show something else than that the database lasts; the store's tests show that
for each of its methods and both databases."""


class Stop:
    """Asks a bot to stop, as SIGTERM does; answers in flight may go on for so many seconds."""

    def __init__(self, drain_seconds: float) -> None:
        self.drain_seconds = drain_seconds
        self.requested = asyncio.Event()
        self.hurried = asyncio.Event()

    def begin_end(self) -> float:
        """Return all of that time: no test needs to know what is left of it."""
        return self.drain_seconds


@dataclass
class Stage:
    """One server with two channels. `admin` owns it; `alice` and `bob` are members without any right."""

    discord: Discord
    apis: Apis
    app: Application
    database: str
    changed: dict[str, str]
    log: LogLines
    drain_seconds: float = 1.0
    """For how many seconds answers in flight may go on when a bot stops, or is taken over."""
    admin: Person = field(init=False)
    alice: Person = field(init=False)
    bob: Person = field(init=False)
    guild: Guild = field(init=False)
    general: Channel = field(init=False)
    other: Channel = field(init=False)
    bot: App = field(init=False)
    life: "asyncio.Task[BaseException | None]" = field(init=False)
    """What runs the bot; it returns when the bot has ended its answers and is no longer connected."""

    def __post_init__(self) -> None:
        self.admin, self.alice, self.bob = (self.discord.create_user(name) for name in ("admin", "alice", "bob"))
        self.guild = self.discord.create_guild("Home", self.admin, self.alice, self.bob)
        self.guild.add_bot(self.app)
        self.general = self.guild.add_text_channel("general")
        self.other = self.guild.add_text_channel("other")

    @property
    def configuration(self) -> Configuration:
        """The bot's configuration; Chatbase is the default provider unless a test changed that."""
        environment = self.apis.environment() | {
            "DISCORD_TOKEN": self.app.token,
            "DISCORD_API_URL": self.discord.api_url,
            "DATABASE_URL": self.database,
            "DEFAULT_PROVIDER": "chatbase",
        }
        return load(environment | self.changed)

    @asynccontextmanager
    async def running(
        self, *, settles: bool = True, share: ShardShare | None = None, drains: bool = True
    ) -> AsyncIterator[App]:
        """Run the bot, and wait until it `settles`; leaving stops it as SIGTERM would, and kills it unless it `drains`.

        It has a `share` of the bot's shards, None for what the settings say.
        """
        configuration = self.configuration
        point_at(configuration.bot)
        if share is None:
            share = configuration.bot.shard_share
        else:
            of_share = {"shard_count": share.shard_count, "cluster_count": share.clusters, "cluster_id": share.cluster}
            # Unchecked: two processes on a SQLite file would be refused.
            configuration = replace(configuration, bot=configuration.bot.model_copy(update=of_share))
        readies = self.app.readies + len(share.of(share.shard_count or self.app.shards))
        async with open_bot(configuration) as bot:
            self.bot = bot
            stop = Stop(self.drain_seconds)
            life = self.life = asyncio.create_task(Life(bot, configuration.bot, stop).run())
            try:
                await self.discord.bot_ready(self.app, readies=readies)
                if settles:
                    await settled(bot)
                yield bot
            finally:
                if drains:
                    stop.requested.set()
                    await life
                life.cancel()
                await asyncio.wait({life})

    def hurry(self) -> None:
        """Have Discord allow so much that nothing waits for its rate limits."""
        for limit in (CREATE_MESSAGES, EDIT_MESSAGES, TYPE, WEBHOOK):
            self.discord.limits.change(limit, count=40, window=0.5)

    def mention(self, text: str) -> str:
        """Return `text` with a mention of the bot before it."""
        return f"{self.app.bot.mention} {text}"

    async def ask(self, person: Person, text: str, channel: Channel | None = None) -> Message:
        """Mention the bot with `text`, and return its finished answer."""
        channel = channel or self.general
        question = await person.say(channel, self.mention(text))
        return await self.answer(question)

    async def answer(self, question: Message) -> Message:
        """Return the bot's finished answer to a message."""

        def find() -> Message | None:
            return next((each for each in self.by_bot(question.channel) if answers(each, question)), None)

        return await self.finished(await self.discord.wait_for(find, 30))

    async def finished(self, message: Message) -> Message:
        """Return the message once it is no longer being written."""
        return await self.discord.wait_for(
            lambda: message if not message.thinking and not is_unfinished(message) else None, 30
        )

    async def use(
        self,
        person: Person,
        command: str,
        /,
        *,
        at: Channel | None = None,
        force: bool = False,
        **options: Any,  # noqa: ANN401 - whatever the command takes
    ) -> Message:
        """Use a slash command, in `general` if not `at` another place, and return the bot's finished response."""
        return await self.told(await person.slash(at or self.general, command, force=force, **options))

    async def told(self, interaction: Interaction) -> Message:
        """Return the finished response to an interaction."""
        return await self.finished(await interaction.wait_until())

    async def idle(self) -> None:
        """Wait until the bot is answering nothing any more."""
        async with asyncio.timeout(120):
            await self.bot.services.answering.active_runs.idle()

    def lose(self, table: str) -> None:
        """Take a table out of the database, so that whatever needs it fails from now on."""
        execute(self.database, f"DROP TABLE {table}")

    def by_bot(self, channel: Channel | None = None) -> list[Message]:
        """Return the bot's messages in a channel, oldest first."""
        messages = (channel or self.general).messages.values()
        return [message for message in messages if message.author is self.app.bot and not message.deleted]

    def check_manners(self) -> None:
        """Hold what is true of every run: no 429, no unknown request, and nobody pinged by name or role."""
        assert not self.discord.unknown_routes
        assert not self.discord.rate_limited
        for body in self.sent_bodies():
            assert body["allowed_mentions"]["parse"] == []

    def sent_bodies(self) -> Iterable[dict[str, Any]]:
        """Yield the body of every message that the bot created or edited; a placeholder has none."""
        for message in self.all_messages():
            if message.author is self.app.bot:
                yield from (frame.request for frame in message.frames if frame.request and "content" in frame.request)

    def all_messages(self) -> Iterable[Message]:
        """Yield every message of the world."""
        for channel in self.discord.state.channels.values():
            yield from channel.messages.values()


def crowd(stage: Stage, people: int) -> list[Person]:
    """Add people to the server."""
    found = [stage.discord.create_user(f"person-{number}") for number in range(people)]
    for person in found:
        stage.guild.add_member(person)
    return found


def answers(message: Message, question: Message) -> bool:
    """Tell whether a message of the bot's answers the question."""
    return message.replied_to is question and not message.content.startswith(WAITS)


def is_unfinished(message: Message) -> bool:
    """Tell whether a message is still being written, or its answer still waited for."""
    return SIGN in message.content or message.content.startswith(WAITS)


async def settled(bot: App) -> None:
    """Wait until the bot has done what it does first of all: it writes to the database, which a test may then lock."""
    await bot.wait_until_ready()
    if first := [task for task in asyncio.all_tasks() if task.get_name() == "discord.py: on_shard_ready"]:
        await asyncio.wait(first, timeout=30)
    await caught_up(bot)


async def caught_up(bot: App) -> None:
    """Wait until the bot has found what it missed before its latest session."""
    cog = bot.get_cog("CatchingUp")
    assert isinstance(cog, CatchingUp)
    async with asyncio.timeout(30):
        await cog.catch_up.done()


@asynccontextmanager
async def open_stage(database: str, **changed: str) -> AsyncIterator[Stage]:
    """Open a stage without running the bot yet; `changed` are environment variables."""
    intent = changed.get("MESSAGE_CONTENT_INTENT") == "true"
    async with Discord() as discord, Apis() as apis:
        app = discord.create_application("Switchboard", owner="robin", message_content=intent)
        # A bot that is restarted, or loses its session, need not wait 5 s.
        app.session_starts.interval = 0
        with listening() as log, pytest.MonkeyPatch.context() as patch:
            patch.setattr(identify_limit, "SPACING", 0.0)
            stage = Stage(discord, apis, app, database, changed, log)
            yield stage
        stage.check_manners()
