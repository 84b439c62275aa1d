"""The sandbox's Discord as a server: REST, gateway and files, and what a test needs to set it up."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Self, TypeVar

from aiohttp import web

from sandbox.discord.events import Events
from sandbox.discord.gateway.compression import TRANSPORTS, as_text
from sandbox.discord.gateway.connection import Connection
from sandbox.discord.gateway.gateway import Gateway
from sandbox.discord.gateway.sessions import Sessions
from sandbox.discord.limits.faults import Faults
from sandbox.discord.limits.rate_limits import RateLimits, Scope
from sandbox.discord.limits.request_holds import Hold, Holds
from sandbox.discord.limits.request_log import RequestLog, RequestRecord
from sandbox.discord.model.change_log import Change, ChangeLog
from sandbox.discord.model.channels import Channel, ChannelType
from sandbox.discord.model.clock import Clock
from sandbox.discord.model.guilds import Guild, found_guild
from sandbox.discord.model.signed_urls import is_valid
from sandbox.discord.model.state import State
from sandbox.discord.model.users import Application, ApplicationFlag, User, mint_token
from sandbox.discord.people.person import Person
from sandbox.discord.rest.pipeline import BASE, Backend, add_routes
from sandbox.http_log import HTTP_LOG
from sandbox.untrusted_input import parse_id

T = TypeVar("T")

MAX_REQUEST_BYTES = 64 * 1024 * 1024


class Discord:
    """A local Discord, serving from `async with` on.

    `unknown_routes` lists requests to addresses that the sandbox does not have, `rate_limited` every 429; a test
    should find both empty at its end. A bug of the sandbox itself, which a bot saw as a status 500 or a broken
    connection, is raised when the block is left.
    """

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.clock = Clock()
        self.change_log = ChangeLog(self.clock)
        sessions = Sessions()
        self.state = State(self.clock, self.change_log, Events(sessions, self.change_log))
        self.gateway = Gateway(self.state, sessions)
        self.limits = RateLimits(self.clock)
        self.faults = Faults(self.clock)
        self.holds = Holds(self.change_log)
        self.requests = RequestLog()
        self.unknown_routes: list[str] = []
        self.rate_limited: list[RequestRecord] = []
        self.host = host
        self.port = port
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None

    @property
    def api_url(self) -> str:
        """The REST base, as `DISCORD_API_URL` holds it."""
        return f"{self.state.base_url}{BASE}"

    @property
    def gateway_url(self) -> str:
        """The gateway's address, as `DISCORD_GATEWAY_URL` holds it."""
        return self.gateway.url

    @property
    def dead_gateway_url(self) -> str:
        """An address where a 502 answers in place of a gateway, for `Gateway.resume_url`."""
        return self.gateway.url.replace("/gateway", "/gone")

    async def __aenter__(self) -> Self:
        # Bots may send files of 10 MB, several at once; aiohttp's own bound is far lower.
        app = web.Application(client_max_size=MAX_REQUEST_BYTES)
        app.router.add_get("/gateway", self._open_gateway)
        app.router.add_get("/gateway/", self._open_gateway)
        app.router.add_get("/gone", self._refuse_gateway)
        app.router.add_get("/attachments/{channel_id}/{attachment_id}/{filename}", self._serve_file)
        backend = Backend(
            self.state, self.limits, self.faults, self.holds, self.requests, self.unknown_routes, self.rate_limited
        )
        add_routes(app, backend)
        self._runner = web.AppRunner(app, access_log=None, logger=HTTP_LOG, shutdown_timeout=0.2)
        await self._runner.setup()
        await self.come_back()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self.gateway.disconnect(1001, "The sandbox closes")
        finally:
            if self._runner is not None:
                await self._runner.cleanup()
        if error is None and self.state.broken:
            raise ExceptionGroup("bugs of the sandbox", self.state.broken)

    async def go_down(self) -> None:
        """Stop listening and break every connection off, as if the network were gone."""
        if self._site is None or self._runner is None:
            return
        await self._site.stop()
        self._site = None
        for handler in list(self._runner.server.connections) if self._runner.server is not None else []:
            if handler.transport is not None:
                handler.transport.abort()
        await self.gateway.disconnect(None)

    async def come_back(self) -> None:
        """Listen, on the same port as before."""
        if self._site is not None or self._runner is None:
            return
        self._site = web.TCPSite(self._runner, self.host, self.port, reuse_address=True)
        await self._site.start()
        host, self.port = self._runner.addresses[0][:2]
        self.state.base_url = f"http://{host}:{self.port}"
        self.gateway.url = f"ws://{host}:{self.port}/gateway"

    def create_application(
        self,
        name: str = "Switchboard",
        *,
        token: str | None = None,
        owner: User | str = "robin",
        message_content: bool = False,
        members: bool = False,
        presences: bool = False,
        user_install: bool = True,
    ) -> Application:
        """Add a new application with its bot, which people may install for themselves unless `user_install` is off.

        `message_content`, `members` and `presences` are the privileged intents that it has switched on.
        """
        key = self.state.ids.mint()
        flags = ApplicationFlag.MESSAGE_CONTENT if message_content else ApplicationFlag(0)
        flags |= ApplicationFlag.MEMBERS if members else ApplicationFlag(0)
        flags |= ApplicationFlag.PRESENCE if presences else ApplicationFlag(0)
        bot = User(key, name, self.state, is_bot=True)
        person = self.create_user(owner) if isinstance(owner, str) else owner
        token = token or mint_token(key)
        application = Application(key, name, token, bot, person, self.state, flags, user_install=user_install)
        self.state.users[key] = bot
        self.state.applications[key] = application
        return application

    def create_user(self, name: str, *, accepts_dms: bool = True, locale: str = "en-US") -> Person:
        """Add a new person, who belongs to no guild yet."""
        person = Person(self.state.ids.mint(), name, self.state, accepts_dms=accepts_dms, locale=locale)
        self.state.users[person.id] = person
        return person

    def create_guild(self, name: str, owner: User, *people: User, shard: tuple[int, int] | None = None) -> Guild:
        """Found a new guild, as `found_guild` does."""
        return found_guild(self.state, name, owner, people, shard)

    def create_group(self, *people: User, name: str = "") -> Channel:
        """Open a group of several people, the first of whom owns it; a bot cannot be in one."""
        channel = Channel(self.state.ids.mint(), ChannelType.GROUP_DM, name, self.state, recipients=people)
        self.state.channels[channel.id] = channel
        return channel

    async def bot_ready(
        self,
        application: Application | None = None,
        *,
        readies: int = 1,
        syncs: int = 0,
        timeout: float = 30.0,  # noqa: ASYNC109
    ) -> Application:
        """Wait until a bot is connected and was sent READY `readies` times, having written its commands `syncs` times.

        Raises TimeoutError.
        """

        def ready() -> Application | None:
            for found in [application] if application is not None else self.state.applications.values():
                enough = found.readies >= readies and found.syncs >= syncs
                if enough and self.gateway.connected(found):
                    return found
            return None

        return await self.change_log.wait_for(ready, timeout)

    async def wait_for(self, predicate: Callable[[], T | None], timeout: float = 30.0) -> T:  # noqa: ASYNC109
        """Return the first true value of `predicate`, asked again after each change. Raises TimeoutError."""
        return await self.change_log.wait_for(predicate, timeout)

    def subscribe(self) -> AbstractAsyncContextManager[AsyncIterator[Change]]:
        """All changes from now on; `async with discord.subscribe() as changes: async for change in changes: …`."""
        return self.change_log.subscribe()

    def advance(self, seconds: float) -> None:
        """Wind the sandbox's clock forward: deadlines pass, rate limits refill, nobody sleeps."""
        self.clock.advance(seconds)
        self.change_log.record("clock.advance", self.clock)

    def fail_next(self, method: str, route: str, status: int, code: int | None = None, *, times: int = 1) -> None:
        """Answer the next requests to a route with this status; see `Faults.fail_next`."""
        self.faults.fail_next(method, route, status, code, times=times)

    def rate_limit(
        self, method: str, route: str, retry_after: float, *, scope: Scope = "user", times: int | None = None
    ) -> None:
        """Answer requests to a route with a 429 for `retry_after` seconds; see `Faults.rate_limit`."""
        self.faults.rate_limit(method, route, retry_after, scope=scope, times=times)

    def hold(self, meant: Callable[[RequestRecord], bool], *, carried_out: bool = False) -> Hold:
        """Keep the requests that are `meant` on their way, or once `carried_out` their answers; see `Hold`."""
        return self.holds.add(meant, carried_out=carried_out)

    async def disconnect(self, code: int | None = 4000) -> None:
        """Close every gateway connection with this code, or with None break it off without a word."""
        await self.gateway.disconnect(code)

    def invalidate_sessions(self, *, resumable: bool = False) -> None:
        """Send op 9 to every connected bot."""
        self.gateway.invalidate(resumable=resumable)

    async def _refuse_gateway(self, _: web.Request) -> web.Response:
        self.gateway.note(self.gateway.attempts.dead_dials)
        raise web.HTTPBadGateway

    async def _open_gateway(self, request: web.Request) -> web.WebSocketResponse:
        self.gateway.note(self.gateway.attempts.dials)
        socket = web.WebSocketResponse(timeout=2.0, compress=False, autoping=True)
        await socket.prepare(request)
        transport = TRANSPORTS.get(request.query.get("compress", ""))
        connection = Connection(self.gateway, socket, request, as_text if transport is None else transport())
        if request.query.get("v", "10") != "10":
            connection.close(4012, "Invalid API version")
        elif request.query.get("encoding", "json") != "json":
            connection.close(4002, "The sandbox encodes in JSON only")
        elif transport is None:
            connection.close(4002, "The sandbox compresses with zlib-stream and zstd-stream only")
        await connection.run()
        return socket

    async def _serve_file(self, request: web.Request) -> web.Response:
        file = self.state.attachments.get(parse_id(request.match_info["attachment_id"]) or 0)
        if file is None or not is_valid(file.id, request.query, self.clock.epoch()):
            raise web.HTTPNotFound(text="This content is no longer available.")
        return web.Response(body=file.data, headers={"Content-Type": file.content_type})
