"""A bot that catches up with the sandbox's channels: discord.py's own objects, no socket, and virtual time."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.discord.catching_up.catch_up import CatchUp
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.discord.reading.admission import Admission
from bot.discord.reading.message_content import MessageContent
from bot.discord.recent_events import SeenEvents
from bot.domain.answer import RunStart
from bot.domain.cluster.shard_states import ShardStatus
from bot.domain.question import Location
from bot.domain.runtime.telemetry import NO_TELEMETRY
from bot.domain.settings.server_settings import Reach
from bot.streaming.rate_limiter import RateLimiter
from sandbox.discord import Application, Channel, Discord, Guild, Message, Person
from sandbox.discord.serializers.guilds import guild_create_json
from sandbox.discord.serializers.messages import message_json
from sandbox.discord.serializers.users import member_json
from tests.fakes.answer_store import FakeAnswerStore
from tests.fakes.conversation_store import FakeConversationStore
from tests.virtual_time import pytest_asyncio_loop_factories

__all__ = ["pytest_asyncio_loop_factories"]


class Settings:
    """No channel answers everything, only what a test says is excluded, and the prefix is the usual one."""

    def __init__(
        self, reaches: dict[int, Reach], opted_out: set[int] | None = None, *, has_limited_roles: bool = False
    ) -> None:
        self._reaches = reaches
        self._opted_out = opted_out or set()
        self._has_limited_roles = has_limited_roles

    def reach(self, location: Location) -> Reach:
        """Return what a test says of the place."""
        return self._reaches.get(location.settings_channel, Reach())

    def opted_out(self, person: int) -> bool:
        """Return what is known of a person by now."""
        return person in self._opted_out

    def limits_roles(self, location: Location) -> bool:
        """Return what a test says of the server."""
        return self._has_limited_roles

    def auto_reply(self, location: Location) -> bool:
        """Return False."""
        return False

    def prefix(self, server: int | None) -> str:
        """Return the usual prefix."""
        return "!"


@dataclass
class World:
    """One server that the bot is in; `found` has the questions that it found, `read` the channels that it asked for.

    Reading a channel in `faults` raises, or hangs if `hangs`, and one in `broken` gives what discord.py cannot read;
    `has_content` is the message content intent. The bot stops after `stops_after` questions. `steps` has the number of
    the event loop's step in which each was found, and `on_found` is called then. Those `out_elsewhere` opted out in
    another process.
    """

    sandbox: Discord = field(default_factory=Discord)
    conversations: FakeConversationStore = field(default_factory=FakeConversationStore)
    found: list[str] = field(default_factory=list)
    read: list[int] = field(default_factory=list)
    faults: dict[int, Exception] = field(default_factory=dict)
    pauses: list[float] = field(default_factory=list)
    seen: SeenEvents = field(default_factory=SeenEvents)
    broken: set[int] = field(default_factory=set)
    steps: list[int] = field(default_factory=list)
    stops_after: int | None = None
    on_found: Callable[[], None] = lambda: None
    hangs: bool = False
    has_content: bool = False
    takes_questions: bool = True
    reaches: dict[int, Reach] = field(default_factory=dict)
    limits_roles: bool = False
    out_elsewhere: set[int] = field(default_factory=set)
    out: set[int] = field(default_factory=lambda: {0})
    _step: int = 0
    app: Application = field(init=False)
    alice: Person = field(init=False)
    bob: Person = field(init=False)
    guild: Guild = field(init=False)
    general: Channel = field(init=False)
    guilds: list[discord.Guild] = field(init=False)
    client: discord.Client = field(init=False)
    left: dict[int | None, ShardStatus] = field(default_factory=dict)
    answers: FakeAnswerStore = field(init=False)

    def __post_init__(self) -> None:
        self.app = self.sandbox.create_application("Switchboard")
        self.alice, self.bob = (self.sandbox.create_user(name) for name in ("alice", "bob"))
        self.guild = self.sandbox.create_guild("Home", self.bob, self.alice)
        self.guild.add_bot(self.app)
        self.general = self.guild.add_text_channel("general")
        self.answers = FakeAnswerStore(self.conversations)
        self.client = discord.Client(intents=discord.Intents(guilds=True))
        state: Any = self.client._connection
        state.user = discord.Object(self.app.bot.id)
        state.http = self
        self.guilds = []

    def arrive(self) -> None:
        """Have discord.py know the server as it is now."""
        state = self.client._connection
        data = guild_create_json(self.guild, self.app.bot, all_members=False)
        self.guilds = [discord.Guild(data=cast("Any", data), state=state)]

    async def logs_from(
        self, channel: int, limit: int, before: int | None = None, **_: object
    ) -> Sequence[dict[str, Any]]:
        """Return a page of a channel's messages, as discord.py asks for it."""
        self.read.append(channel)
        if self.hangs:
            await asyncio.Event().wait()
        if channel in self.faults:
            raise self.faults[channel]
        messages = self.sandbox.state.channels[channel].messages.values()
        older = [message for message in messages if before is None or message.id < before]
        page = [message_json(message, self.app, reads_content=self.has_content) for message in older[: -limit - 1 : -1]]
        return [{"id": message["id"]} for message in page] if channel in self.broken else page

    async def get_member(self, guild: int, person: int) -> dict[str, Any]:
        """Return a member, as discord.py asks for it."""
        self.read.append(guild)
        if guild in self.faults:
            raise self.faults[guild]
        return member_json(self.sandbox.state.guilds[guild].members[person])

    def catch_up(self) -> CatchUp:
        """Return what catches up for the bot."""
        bot = SimpleNamespace(
            guilds=self.guilds,
            gateway=SimpleNamespace(status_of=lambda server: self.left.get(server)),
            user=self.client.user,
            seen=self.seen,
            requests=SimpleNamespace(trace=RateLimitTrace(RateLimiter())),
            telemetry=NO_TELEMETRY,
            message_content=MessageContent(Settings(self.reaches), on=self.has_content),
            admission=Admission(Settings(self.reaches, self.out, has_limited_roles=self.limits_roles)),
            dispatch=self._dispatch,
            get_partial_messageable=self.client.get_partial_messageable,
        )
        return CatchUp(
            cast("Any", bot), self.answers, lambda: self.takes_questions, self._refresh, self._pause, self._now
        )

    async def _refresh(self) -> None:
        """Read what another process stored meanwhile."""
        self.out.update(self.out_elsewhere)

    async def caught_up(self, shard: int = 0) -> list[str]:
        """Catch up once as the bot does after a start, and return what was asked."""
        self.arrive()
        catch_up = self.catch_up()
        catch_up.begin(shard)
        await catch_up.done()
        return self.found

    async def ask(self, text: str, channel: Channel | None = None, person: Person | None = None) -> Message:
        """Mention the bot."""
        return await (person or self.alice).say(channel or self.general, f"{self.app.bot.mention} {text}")

    async def store(self, question: Message, *, by_message: bool = True) -> None:
        """Store that a question was answered."""
        channel, server = question.channel.id, question.channel.guild
        location = Location(channel, channel, None if server is None else server.id)
        name, asker = f"answer-{question.id}", question.author.id
        await self.answers.begin(RunStart(name, 1, question.id, by_message, location, asker, "chatbase", ""))

    def _dispatch(self, event: str, message: discord.Message) -> None:
        assert event == "message"
        self.found.append(message.content.rpartition(" ")[2])
        self.on_found()
        if len(self.found) == self.stops_after:
            self.takes_questions = False
        self.steps.append(self._step)
        asyncio.get_running_loop().call_soon(self._next_step)

    def _next_step(self) -> None:
        self._step += 1

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.sandbox.clock.epoch(), UTC)


@pytest.fixture
async def world() -> World:
    """Give a world in which nothing was said yet."""
    return World()
