"""A world to run the whole bot in: simcord's Discord around it, our stand-ins of the chat APIs behind it."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from unittest.mock import patch

import discord
import simcord

from bot.answering.notices import waiting_notice
from bot.app import App, open_bot
from bot.discord.gateway.connection import point_at
from bot.discord.interactions import Refused
from bot.domain.content import Chunk
from bot.domain.provider import Prompt
from bot.operations import recovery_watch
from bot.settings import load
from sandbox.apis import Apis
from tests.simcord.frames import Frames

_NEVER = 1e9


@dataclass
class World:
    """One server with two channels.

    `admin` manages it, `moderator` its messages; `alice` and `bob` are members without any special right.
    """

    env: simcord.Env
    apis: Apis
    environment: dict[str, str]
    running: AsyncExitStack
    frames: Frames
    guild: simcord.GuildHandle = field(init=False)
    general: simcord.ChannelHandle = field(init=False)
    other: simcord.ChannelHandle = field(init=False)
    admin: simcord.MemberActor = field(init=False)
    moderator: simcord.MemberActor = field(init=False)
    alice: simcord.MemberActor = field(init=False)
    bob: simcord.MemberActor = field(init=False)

    def __post_init__(self) -> None:
        self.guild = self.env.create_guild("Home")
        self.general, self.other = (self.guild.create_text_channel(name) for name in ("general", "other"))
        self.admin = self._add_member("admin", discord.Permissions(manage_guild=True))
        self.moderator = self._add_member("moderator", discord.Permissions(manage_messages=True))
        self.alice, self.bob = (self.guild.add_member(self.env.create_user(name)) for name in ("alice", "bob"))

    def _add_member(self, name: str, rights: discord.Permissions) -> simcord.MemberActor:
        role = self.guild.create_role(f"{name}s", permissions=rights)
        return self.guild.add_member(self.env.create_user(name), roles=[role])

    @property
    def me(self) -> discord.ClientUser:
        """The bot's account."""
        assert self.env.bot.user is not None
        return self.env.bot.user

    async def ask(
        self, person: simcord.MemberActor, text: str, channel: simcord.ChannelHandle | None = None
    ) -> discord.Message:
        """Mention the bot with `text`, in `general` if not elsewhere, and return its finished answer."""
        channel = channel or self.general
        question = await person.send(channel, f"{self.me.mention} {text}")
        answer = self.last(channel)
        assert answer.author == self.me
        assert answer.reference is not None
        assert answer.reference.message_id == question.id
        return answer

    async def hold_ignored(self, person: simcord.MemberActor, channel: simcord.ChannelHandle | None = None) -> None:
        """Mention the bot, and hold that it writes nothing, neither there nor to that person alone."""
        channel = channel or self.general
        question = await person.send(channel, f"{self.me.mention} and I?")
        assert self.last(channel).id == question.id
        assert not person.user.dm_channel.history()

    def last(self, channel: simcord.ChannelHandle | None = None) -> discord.Message:
        """Return the newest message that everybody sees, other than the note that a thread was started."""
        messages = (channel or self.general).history()
        return next(each for each in reversed(messages) if each.type is not discord.MessageType.thread_created)

    async def use(self, person: simcord.MemberActor, command: str, /, **options: Any) -> simcord.ResponseMessage:  # noqa: ANN401 - whatever the command takes
        """Use a slash command in `general`, and return the bot's finished response."""
        return response(await person.slash(self.general, command, **options))

    def let_flow(self, provider: str) -> None:
        """Tell simcord that this provider's pieces come from outside.

        Else it waits for the whole answer, and holds its clock until then: no edit would fall due before the last.
        """
        asked = switchboard(self.env).services.settings.chatbots.hosts[provider]
        stream = asked.stream

        async def declared(prompt: Prompt) -> AsyncGenerator[Chunk, None]:
            async with aclosing(stream(prompt)) as pieces:
                while (piece := await self.env.external_wait(anext(pieces, None), reason="a chat API")) is not None:
                    yield piece

        asked.stream = declared  # type: ignore[method-assign]

    async def allow(self, person: simcord.MemberActor, command: str) -> None:
        """Let a member use a command for which they lack the permission, as an admin can in the server's settings."""
        known = await switchboard(self.env).tree.fetch_commands()
        (wanted,) = (each for each in known if each.name == command)
        self.guild.set_command_permissions(wanted, {person: True})

    async def restart(self, **changed: str) -> None:
        """Run another bot in place of the present one, with these environment variables changed."""
        self.environment |= changed
        previous = self.running.pop_all()
        async with previous:
            bot = await self.running.enter_async_context(open_bot(load(self.environment)))
            await self.env.restart_bot(bot)
            await bot.register_commands()
            self.frames.watch(bot)

    def sent_bodies(self) -> list[dict[str, Any]]:
        """Return the body of every message that the bot wrote or edited."""
        bodies = [request.json for request in self.env.http_requests if isinstance(request.json, dict)]
        bodies += [body["data"] for body in bodies if isinstance(body.get("data"), dict)]
        return [body for body in bodies if "content" in body]

    def history_sent(self) -> list[list[str]]:
        """Return the texts of the messages that went to Chatbase, request by request."""
        sent = [received.fields["messages"] for received in self.apis.chatbase.received]
        return [[message["content"] for message in cast("list[dict[str, str]]", messages)] for messages in sent]

    def check_manners(self) -> None:
        """Hold what is true of every run: nothing failed but what was refused, and nobody is pinged by name or role."""
        assert [error for error in self.env.errors if not isinstance(error, Refused)] == []
        assert [body for body in self.sent_bodies() if body["allowed_mentions"]["parse"]] == []
        assert {key for body in self.sent_bodies() for key in body["allowed_mentions"]} <= {"parse", "replied_user"}


def response(result: simcord.InteractionResult) -> simcord.ResponseMessage:
    """Return the first message that came in response to an interaction, whichever way it came."""
    (first, *_) = [*([result.response] if result.response else []), *result.followups]
    return first


def switchboard(env: simcord.Env) -> App:
    """Return the bot that runs in an environment."""
    assert isinstance(env.bot, App)
    return env.bot


@asynccontextmanager
async def open_world(database: str, **changed: str) -> AsyncIterator[World]:
    """Open a world with the bot running in it; `changed` are environment variables. Chatbase answers by default."""
    async with Apis() as apis, AsyncExitStack() as running:
        environment = apis.environment() | {"DISCORD_TOKEN": "a.b.c", "DATABASE_URL": database}
        environment |= {"DEFAULT_PROVIDER": "chatbase"} | changed
        configuration = load(environment)
        point_at(configuration.bot)  # what other tests left there is not Discord's address
        bot = await running.enter_async_context(open_bot(configuration))
        if configuration.bot.shard_count is not None:  # as its gateway would tell it
            bot.shard_count = configuration.bot.shard_count
        # What the developer portal has switched on: no privileged intent but the one that the operator asks for.
        approved = discord.Intents(message_content=changed.get("MESSAGE_CONTENT_INTENT") == "true")
        env = simcord.Env(bot, approved_intents=approved)
        with _without_timers():
            await env.start()
            await bot.register_commands()  # simcord logs in by itself, and knows nothing of the bot's start
            try:
                frames = Frames()
                frames.watch(bot)
                world = World(env, apis, environment, running, frames)
                yield world
            finally:
                await env.shutdown()
        world.check_manners()


@contextmanager
def _without_timers() -> Iterator[None]:
    """Switch off what is due every few seconds: simcord takes the bot for busy while a timer has up to 5 s to go."""
    with (
        patch.object(recovery_watch, "LOOK_SECONDS", _NEVER),
        patch.object(waiting_notice, "WAITING_AFTER", _NEVER),
    ):
        yield
