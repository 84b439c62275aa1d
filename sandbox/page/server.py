"""The page as a server: its files, what people attached to messages, and a WebSocket for each tab."""

from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from sandbox.environment import Environment
from sandbox.http_log import HTTP_LOG
from sandbox.page.access import FILE_POLICY, AccessControl
from sandbox.page.bot_supervisor import BotSupervisor
from sandbox.page.connection import MAX_REQUEST_BYTES, Connection
from sandbox.page.context import PageContext
from sandbox.page.faults import Faults
from sandbox.page.personas import Personas
from sandbox.untrusted_input import parse_id

HOST = "127.0.0.1"
FILES = Path(__file__).with_name("static")

_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


class Page:
    """Serves the page from `async with` on, on loopback only; `address` is the one way in."""

    def __init__(self, env: Environment, personas: Personas, supervisor: BotSupervisor) -> None:
        self.context = PageContext(env, personas, supervisor, Faults(env))
        self._port = 0
        self._access = AccessControl()
        self.sockets: set[web.WebSocketResponse] = set()
        """One for each tab that is open."""
        self._runner: web.AppRunner | None = None

    @property
    def address(self) -> str:
        """What to open in a browser; the token in it is the key to everything here."""
        return f"http://{HOST}:{self._port}/{self._access.token}/"

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._access.middleware()])
        app.router.add_get("/{token}/", self._serve_page)
        app.router.add_get("/{token}/live", self._serve_socket)
        app.router.add_get("/{token}/files/{key}/{name}", self._serve_attachment)
        app.router.add_get("/{token}/{name:.+}", self._serve_file)
        self._runner = web.AppRunner(app, access_log=None, logger=HTTP_LOG, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self._access.open(self._port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for socket in list(self.sockets):
            await socket.close(code=1001, message=b"The sandbox closes")
        if self._runner is not None:
            await self._runner.cleanup()

    async def _serve_page(self, _request: web.Request) -> web.Response:
        return _file("index.html")

    async def _serve_file(self, request: web.Request) -> web.Response:
        return _file(request.match_info["name"])

    async def _serve_attachment(self, request: web.Request) -> web.Response:
        """Show a picture, and have anything else saved."""
        file = self.context.env.discord.state.attachments.get(parse_id(request.match_info["key"]) or 0)
        if file is None:
            raise web.HTTPNotFound
        shown = file.content_type in _PICTURES
        headers = {
            "Content-Type": file.content_type if shown else "application/octet-stream",
            "Content-Disposition": "inline" if shown else "attachment",
            "Content-Security-Policy": FILE_POLICY,
        }
        return web.Response(body=file.data, headers=headers)

    async def _serve_socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=30.0, max_msg_size=MAX_REQUEST_BYTES, timeout=2.0)
        await socket.prepare(request)
        self.sockets.add(socket)
        try:
            await Connection(socket, self.context).serve()
        except Exception as bug:
            # Told when the sandbox ends, like those of its Discord; the browser comes back.
            self.context.env.discord.state.broken.append(bug)
            raise
        finally:
            self.sockets.discard(socket)
        return socket


def _file(name: str) -> web.Response:
    """Return one of the page's own files; only names out of this list are served, so that no path leads out of it."""
    known = {path.relative_to(FILES).as_posix(): path for path in FILES.rglob("*.*")}
    if name not in known:
        raise web.HTTPNotFound
    path = known[name]
    return web.Response(body=path.read_bytes(), content_type=_TYPES[path.suffix], charset="utf-8")
