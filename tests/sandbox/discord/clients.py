"""A bot without a library: plain HTTP and a plain WebSocket, checking each answer against Discord's documents."""

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from types import TracebackType
from typing import Any, Self

import aiohttp

from sandbox.discord import Application, Discord, Interaction
from sandbox.discord.errors import INVALID_FORM, ApiError
from sandbox.discord.rest.pipeline import ROUTES
from tests.sandbox.discord import documents

DEFAULT_INTENTS = (1 << 0) | (1 << 9) | (1 << 11) | (1 << 12) | (1 << 14)


@dataclass
class Answer:
    """A REST answer."""

    status: int
    body: Any
    headers: Any

    @property
    def code(self) -> int:
        """Discord's error code."""
        return int(self.body["code"])

    def faults(self) -> dict[str, list[str]]:
        """Return the codes of a 50035 tree by dotted path."""
        assert self.status == 400, self.body
        assert self.code == 50035, self.body
        return ApiError(INVALID_FORM, self.body["errors"]).errors_by_path()


class Rest:
    """The REST API as one bot uses it."""

    def __init__(self, discord: Discord, application: Application, session: aiohttp.ClientSession) -> None:
        self.discord = discord
        self.application = application
        self.token: str | None = application.token
        self._session = session

    async def __call__(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        data: aiohttp.FormData | str | bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send a request and check the answer's form."""
        sent: dict[str, str] = {"Authorization": f"Bot {self.token}"} if self.token else {}
        if body is not None:
            sent["Content-Type"] = "application/json"
            data = json.dumps(body)
        url = path if path.startswith("http") else self.discord.api_url + path
        async with self._session.request(method, url, data=data, headers=sent | (headers or {})) as response:
            text = await response.text()
            if text:
                assert response.headers["Content-Type"] == "application/json"
            answer = Answer(response.status, json.loads(text) if text else None, response.headers)
        self._check(method, answer)
        return answer

    async def form(self, method: str, path: str, body: object, *files: tuple[str, bytes]) -> Answer:
        """Send a multipart request with files."""
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("payload_json", json.dumps(body), content_type="application/json")
        for number, (name, content) in enumerate(files):
            form.add_field(f"files[{number}]", BytesIO(content), filename=name, content_type="application/octet-stream")
        return await self(method, path, data=form)

    async def answer(self, interaction: Interaction, kind: int, with_response: bool = False, **data: object) -> Answer:
        """Answer an interaction."""
        query = "?with_response=1" if with_response else ""
        path = f"/interactions/{interaction.id}/{interaction.token}/callback{query}"
        return await self("POST", path, {"type": kind, "data": data} if data else {"type": kind})

    def webhook(self, interaction: Interaction, rest: str = "") -> str:
        """Return the path of an interaction's webhook."""
        return f"/webhooks/{self.application.id}/{interaction.token}{rest}"

    def _check(self, method: str, answer: Answer) -> None:
        record = list(self.discord.requests)[-1] if len(self.discord.requests) else None
        if not documents.present or record is None or answer.status >= 400:
            return
        if any(route.path == record.route for route in ROUTES):
            documents.check_response(method, record.route, answer.status, answer.body)


Inflate = Callable[[bytes], bytes]


def inflate_zlib() -> Inflate:
    """Begin to read a zlib stream."""
    stream = zlib.decompressobj()

    def inflate(data: bytes) -> bytes:
        assert data[-4:] == b"\x00\x00\xff\xff"
        return stream.decompress(data)

    return inflate


def inflate_zstd() -> Inflate:
    """Begin to read a Zstandard stream."""
    import zstandard

    stream = zstandard.ZstdDecompressor().decompressobj()
    return lambda data: stream.decompress(data)


INFLATE: dict[str, Callable[[], Inflate]] = {
    "": lambda: zlib.decompress,
    "zlib-stream": inflate_zlib,
    "zstd-stream": inflate_zstd,
}
"""For each value of `compress`, what begins to read a connection's binary messages."""


@dataclass
class Socket:
    """A gateway connection."""

    session: aiohttp.ClientSession
    url: str
    compress: str = ""
    sequence: int | None = None
    events: list[tuple[str, Any]] = field(default_factory=list)
    socket: aiohttp.ClientWebSocketResponse | None = None

    async def __aenter__(self) -> Self:
        query = "?v=10&encoding=json" + (f"&compress={self.compress}" if self.compress else "")
        self.socket = await self.session.ws_connect(self.url + query)
        self._inflate = INFLATE[self.compress]()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.socket is not None:
            await self.socket.close(code=4000)

    async def send(self, op: int, data: object) -> None:
        """Send one payload."""
        assert self.socket is not None
        await self.socket.send_str(json.dumps({"op": op, "d": data}))

    async def receive(self) -> dict[str, Any]:
        """Return the next payload; raises ClosedByServer when there is none."""
        assert self.socket is not None
        message = await self.socket.receive(timeout=5)
        if message.type is aiohttp.WSMsgType.TEXT:
            frame = json.loads(message.data)
        elif message.type is aiohttp.WSMsgType.BINARY:
            frame = json.loads(self._inflate(message.data))
        else:
            raise ClosedByServer(self.socket.close_code)
        if frame["s"] is not None:
            self.sequence = frame["s"]
        if frame["t"] is not None:
            self.events.append((frame["t"], frame["d"]))
            if documents.present and documents.has_event(frame["t"]):
                documents.check_event(frame["t"], frame["d"])
        return dict(frame)

    async def event(self, name: str) -> dict[str, Any]:
        """Return the data of the next event of this name; others are passed over."""
        while True:
            frame = await self.receive()
            if frame["t"] == name:
                return dict(frame["d"])

    async def op(self, number: int) -> object:
        """Return the data of the next payload with this opcode; others are passed over."""
        while True:
            frame = await self.receive()
            if frame["op"] == number:
                return frame["d"]

    async def close_code(self) -> int:
        """Return the code with which the server closes; what comes before is passed over."""
        try:
            while True:
                await self.receive()
        except ClosedByServer as closed:
            return closed.code or 0

    async def identify(self, token: str, intents: int = DEFAULT_INTENTS, **more: object) -> None:
        """Send IDENTIFY."""
        properties = {"os": "linux", "browser": "test", "device": "test"}
        await self.send(2, {"token": token, "intents": intents, "properties": properties} | more)

    async def ready(self, token: str, intents: int = DEFAULT_INTENTS, **more: object) -> dict[str, Any]:
        """Identify, and return the data of READY."""
        await self.identify(token, intents, **more)
        return await self.event("READY")

    async def resume(self, token: str, session_id: str, sequence: int | None) -> None:
        """Send RESUME."""
        await self.send(6, {"token": token, "session_id": session_id, "seq": sequence})


class ClosedByServer(Exception):
    """The server closed the connection."""

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code
