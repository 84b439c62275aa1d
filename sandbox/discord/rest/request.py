"""One REST request on its way through the sandbox: who asks, for what, and the answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from sandbox.discord.errors import (
    INVALID_JSON,
    MISSING_ACCESS,
    MISSING_PERMISSIONS,
    UNKNOWN_CHANNEL,
    UNKNOWN_GUILD,
    UNKNOWN_MESSAGE,
    ApiError,
    Json,
    Problem,
)
from sandbox.discord.limits.rate_limits import Limit
from sandbox.discord.model.channels import Channel
from sandbox.discord.model.guilds import Guild
from sandbox.discord.model.messages import Attachment, Message
from sandbox.discord.model.permissions import Permission
from sandbox.discord.model.state import State
from sandbox.discord.model.users import Application, User
from sandbox.discord.operations.files import keep_file
from sandbox.discord.validators.fields import snowflake


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status, and what becomes its JSON body (None: no body), or with `is_page` an HTML page's text."""

    body: Any = None
    status: int = 200
    is_page: bool = False


NO_CONTENT = Reply(None, 204)


@dataclass(slots=True)
class Upload:
    """A file of a multipart request, and what `attachments` says about it."""

    number: int
    filename: str
    data: bytes
    content_type: str


@dataclass(slots=True)
class ApiRequest:
    """A request after it was authorised; `body` is the parsed JSON, `uploads` the files beside it."""

    state: State
    request: web.Request
    caller: Application | None
    body: Any = None
    uploads: list[Upload] = field(default_factory=list)

    @property
    def application(self) -> Application:
        """The application that asks; only for routes that need a bot token."""
        if self.caller is None:
            raise LookupError("this route needs no authorisation")
        return self.caller

    @property
    def bot(self) -> User:
        """The bot that asks."""
        return self.application.bot

    def form(self) -> Json:
        """Return the body as an object; anything else counts as an empty one. Raises ApiError 50109 for a list."""
        if isinstance(self.body, list):
            raise ApiError(INVALID_JSON)
        return self.body if isinstance(self.body, dict) else {}

    def number(self, name: str, problem: Problem) -> int:
        """Return a path parameter that is an id. Raises ApiError with `problem` when it is none."""
        value = snowflake(self.request.match_info[name])
        if value is None:
            raise ApiError(problem)
        return value

    def channel(self, *needed: Permission) -> Channel:
        """Return the path's channel, which the bot sees and in which it has what is needed.

        Raises ApiError 10003, 50001 or 50013.
        """
        channel = self.state.channels.get(self.number("channel_id", UNKNOWN_CHANNEL))
        if channel is None:
            raise ApiError(UNKNOWN_CHANNEL)
        granted = channel.permissions_of(self.bot)
        if Permission.VIEW_CHANNEL not in granted:
            raise ApiError(MISSING_ACCESS)
        for permission in needed:
            if permission not in granted:
                raise ApiError(MISSING_PERMISSIONS)
        return channel

    def chat(self, *needed: Permission) -> Channel:
        """Return the path's channel, whose messages the bot may see and in which it has what is needed.

        Raises ApiError 10003, 50001 or 50013.
        """
        channel = self.channel(*needed)
        if not channel.readable_by(self.bot):
            raise ApiError(MISSING_ACCESS)
        return channel

    def message(self, channel: Channel) -> Message:
        """Return the path's message, which is not ephemeral. Raises ApiError 10008."""
        message = channel.messages.get(self.number("message_id", UNKNOWN_MESSAGE))
        if message is None or message.ephemeral:
            raise ApiError(UNKNOWN_MESSAGE)
        return message

    def guild(self) -> Guild:
        """Return the path's guild, of which the bot is a member. Raises ApiError 10004, 50001."""
        guild = self.state.guilds.get(self.number("guild_id", UNKNOWN_GUILD))
        if guild is None:
            raise ApiError(UNKNOWN_GUILD)
        if self.bot.id not in guild.members:
            raise ApiError(MISSING_ACCESS)
        return guild

    def keep_files(self, channel: Channel, about: Json | None = None) -> tuple[Attachment, ...]:
        """Store the request's files in the channel; `about` is the part of the body that describes them."""
        listed = (self.form() if about is None else about).get("attachments")
        details = {str(item.get("id")): item for item in listed or [] if isinstance(item, dict)}
        kept = []
        for upload in self.uploads:
            detail = details.get(str(upload.number), {})
            name = str(detail.get("filename") or upload.filename)
            kept.append(keep_file(channel, name, upload.data, upload.content_type, detail.get("description")))
        return tuple(kept)


Handler = Callable[[ApiRequest], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Route:
    """An address of the API: its method, its path as Discord documents it, and what goes for it.

    `open` routes carry their own token in the path: no bot token, no global limit. Those that take forms may be sent
    urlencoded or multipart bodies beside JSON.
    """

    method: str
    path: str
    handler: Handler
    limit: Limit | None = None
    open: bool = False
    takes_forms: bool = False
