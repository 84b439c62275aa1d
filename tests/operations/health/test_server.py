"""The operator's pages over real sockets: what they answer, and what clients cost that are slow or hostile."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from aiohttp import web

from bot.operations.health import connections
from bot.operations.health.connections import MAX_CONNECTIONS, MAX_REQUEST_BYTES, respond
from bot.operations.health.errors import PortUnavailable
from bot.operations.health.server import serve
from tests.loop_meter import measure_steps, slowness

HOST = "127.0.0.1"


async def page() -> web.Response:
    return respond(200, "well")


async def failing() -> web.Response:
    raise RuntimeError("inside")


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """Serve two pages, and give the port."""
    async with serve({"/page": page, "/failing": failing}, HOST, 0) as found:
        yield found


@asynccontextmanager
async def connected(port: int, count: int) -> AsyncIterator[list[asyncio.StreamWriter]]:
    """Hold so many connections that say nothing."""
    writers = [(await asyncio.open_connection(HOST, port))[1] for _ in range(count)]
    try:
        yield writers
    finally:
        for writer in writers:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in writers), return_exceptions=True)


async def send(port: int, request: bytes) -> bytes:
    """Return all that is answered to some bytes."""
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(request)
    try:
        async with asyncio.timeout(30):
            return await reader.read()
    finally:
        writer.close()


async def get(port: int, path: str, method: str = "GET", *headers: str) -> tuple[int, str, str]:
    """Return the status of a response, its headers in lower case, and its body."""
    lines = [f"{method} {path} HTTP/1.1", "Host: probe", *headers, "", ""]
    head, _, body = (await send(port, "\r\n".join(lines).encode())).decode().partition("\r\n\r\n")
    return int(head.split()[1]), head.lower(), body


@pytest.mark.parametrize("path", ["/page", "/page?since=1", "/page?"])
async def test_a_page_is_given(port: int, path: str) -> None:
    status, head, body = await get(port, path)
    assert (status, body) == (200, "well\n")
    assert "content-type: text/plain" in head
    assert "connection: close" in head


async def test_head_gives_a_page_without_its_text(port: int) -> None:
    status, head, body = await get(port, "/page", "HEAD")
    assert (status, body) == (200, "")
    assert "content-length: 5" in head


@pytest.mark.parametrize("path", ["/", "/pages", "/page/", "//page", "/PAGE", "/../page/..", "/%00", "/page%2f", "*"])
async def test_there_is_nothing_else(port: int, path: str) -> None:
    assert (await get(port, path))[0] in (400, 404)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
async def test_nothing_but_get_and_head_is_answered(port: int, method: str) -> None:
    status, head, _ = await get(port, "/page", method)
    assert status in (400, 405)
    assert status == 400 or "allow: get, head" in head


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /page HTTP/1.1\r\nHost: probe\r\n\r\n",
        b"GET /none HTTP/1.1\r\nHost: probe\r\n\r\n",
        b"POST /page HTTP/1.1\r\nHost: probe\r\nContent-Length: 3\r\n\r\nabc",
        b"GET /failing HTTP/1.1\r\nHost: probe\r\n\r\n",
        b"no request at all\r\n\r\n",
        b"GET /page HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /page HTTP/1.1\r\nbad header\r\n\r\n",
        b"GET /page HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    ],
)
async def test_no_answer_says_what_is_behind_it(
    port: int, request_bytes: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    answer = (await send(port, request_bytes)).lower()
    assert answer.startswith(b"http/1.")
    for told in (b"aiohttp", b"python", b"traceback", b"runtimeerror", b"inside", b"bad header"):
        assert told not in answer
    assert b"server: switchboard" in answer
    assert [record.levelname for record in caplog.records] == (["ERROR"] if b"/failing" in request_bytes else [])


@pytest.mark.parametrize(
    "flood",
    [
        b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n",
        b"GET /page HTTP/1.1\r\nX: " + b"a" * 9_000 + b"\r\n",
        b"GET /page HTTP/1.1\r\n" + b"X: a\r\n" * 2_000,
        b"GET /page HTTP/1.1\r\n" + b"a" * 30_000,
        b"\x00" * 100_000,
    ],
)
async def test_a_head_that_is_too_large_is_refused(port: int, flood: bytes) -> None:
    with suppress(ConnectionError):
        assert (await send(port, flood + b"\r\n")).partition(b"\r\n")[0].endswith((b"400 Bad Request", b""))
    assert (await get(port, "/page"))[0] == 200


async def test_a_body_is_never_taken(port: int) -> None:
    _, writer = await asyncio.open_connection(HOST, port)
    writer.write(b"GET /page HTTP/1.1\r\nHost: probe\r\nContent-Length: 900000000\r\n\r\n")
    with suppress(ConnectionError):
        async with asyncio.timeout(30):
            for _ in range(10_000):
                writer.write(b"x" * MAX_REQUEST_BYTES)
                await writer.drain()
            raise AssertionError("all of it was taken")
    writer.close()


async def test_many_requests_on_one_connection_get_one_answer(port: int) -> None:
    answer = await send(port, b"GET /page HTTP/1.1\r\nHost: probe\r\n\r\n" * 100)
    assert answer.count(b"HTTP/1.1 200") == 1


async def test_a_client_that_says_nothing_or_too_little_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "LIFETIME_SECONDS", 0.05)
    async with serve({"/page": page}, HOST, 0) as port:
        for beginning in (b"", b"GET /pa", b"GET /page HTTP/1.1\r\nHost: pr"):
            with suppress(ConnectionError):
                assert await send(port, beginning) == b""


async def test_a_client_that_reads_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    async def huge() -> web.Response:
        return respond(200, b"x" * 50_000_000)

    left, abort = asyncio.Event(), connections.Connection.abort
    monkeypatch.setattr(connections.Connection, "abort", lambda each: (abort(each), left.set()))  # type: ignore[func-returns-value]
    monkeypatch.setattr(connections, "LIFETIME_SECONDS", 0.05)
    async with serve({"/huge": huge}, HOST, 0) as port:
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(b"GET /huge HTTP/1.1\r\nHost: probe\r\n\r\n")
        async with asyncio.timeout(30):
            await left.wait()
            with suppress(ConnectionError):
                assert len(await reader.read()) < 50_000_000
        writer.close()


async def test_a_probe_is_answered_while_others_keep_all_connections(port: int) -> None:
    async with connected(port, MAX_CONNECTIONS * 2):
        assert await get(port, "/page") == (await get(port, "/page"))
        assert (await get(port, "/page"))[0] == 200


async def test_no_flood_holds_the_event_loop(port: int) -> None:
    async with connected(port, MAX_CONNECTIONS * 2) as writers:
        with measure_steps() as meter:
            for writer in writers:
                writer.write(b"GET /page HTTP/1.1\r\n" + b"X: a\r\n" * 2_000)
            assert (await get(port, "/page"))[0] == 200
    assert meter.seconds <= 0.02 or meter.seconds <= 0.02 * slowness()


async def test_the_end_waits_for_nobody_and_leaves_nothing_behind() -> None:
    began, given_up = asyncio.Event(), asyncio.Event()

    async def never() -> web.Response:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()
        raise AssertionError("it never ends")

    async with asyncio.timeout(30):
        async with serve({"/never": never}, HOST, 0) as port:
            asking = asyncio.create_task(send(port, b"GET /never HTTP/1.1\r\nHost: probe\r\n\r\n"))
            await began.wait()
            _, idle = await asyncio.open_connection(HOST, port)
        assert given_up.is_set()
        with suppress(ConnectionError):
            assert await asking == b""
        idle.close()


async def test_a_port_in_use_is_named() -> None:
    async with serve({}, HOST, 0) as port:
        with pytest.raises(PortUnavailable) as caught:
            async with serve({}, HOST, port):
                pass
    assert str(caught.value) == (
        f"PORT: another program uses {port} on 127.0.0.1; choose another port (each CLUSTER_ID on a machine needs "
        "its own), or stop that program"
    )


async def test_a_host_of_another_machine_is_named() -> None:
    with pytest.raises(PortUnavailable) as caught:
        async with serve({}, "192.0.2.1", 0):
            pass
    assert str(caught.value) == "HOST: '192.0.2.1' is no address of this machine; 127.0.0.1 and 0.0.0.0 always are"


def test_a_host_that_has_no_address_is_named() -> None:
    refused = PortUnavailable("nowhere.invalid", 80, socket.gaierror(socket.EAI_NONAME, "unknown"))
    assert str(refused) == "HOST: 'nowhere.invalid' is no address of this machine; 127.0.0.1 and 0.0.0.0 always are"


def test_a_port_for_the_system_is_named() -> None:
    refused = PortUnavailable(HOST, 80, PermissionError(13, "Permission denied"))
    assert str(refused) == "PORT: this user may not use 80; choose one above 1023"
