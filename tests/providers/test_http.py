"""The HTTP helper over real sockets: time-outs, limits, what a body may be, connections closed."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Callable
from inspect import signature
from pathlib import Path

import pytest

from bot.domain.errors import (
    ConnectionLost,
    IdleTimeout,
    InvalidResponse,
    NoReply,
    ProviderError,
    ProxyRefused,
    Rejected,
    TlsFailed,
    TooLarge,
    TotalTimeout,
    Unreachable,
    WrongAddress,
)
from bot.domain.proxies import Proxies
from bot.providers.http import Http, Request
from tests.e2e.waiting import until
from tests.providers.conftest import IDLE, TOTAL, fetch
from tests.providers.wire import CHUNKED, LAST, End, WireServer, chunk, head, reply
from tests.waiting_clock import count_waiting_only

OK = reply({"text": "fine"})


async def no_pause(_: float) -> None:
    """Wait for nothing."""


UNTRUSTED = Path(__file__).parents[1] / "data" / "untrusted.pem"
"""A certificate that nobody signed, and its key."""


async def test_sends_what_it_is_given_and_asks_for_no_compression(http: Http, server: WireServer) -> None:
    server.play(OK)
    params = {"a": "1 &=#é\ud800"}
    async with http.send(Request(label="X", url=f"{server.url}/x?z=1", headers={"H": "v"}, params=params)) as answer:
        assert await answer.json_object() == {"text": "fine"}
        assert (answer.status, answer.media_type, answer.delimited) == (200, "application/json", True)
    await fetch(http, server.url, post=True)
    get, post = server.heard
    assert (get.method, get.target) == ("GET", "/x?z=1&a=1+%26%3D%23%C3%A9?")
    assert (get.headers["h"], get.headers["accept-encoding"]) == ("v", "identity")
    assert "content-type" not in get.headers
    assert (post.method, post.headers["content-type"]) == ("POST", "application/json")
    assert post.json() == {"question": "é?"}


async def test_keeps_no_cookie_and_no_connection(http: Http, server: WireServer) -> None:
    server.play(reply({}, Set_Cookie="person=one"))
    url = server.url.replace("127.0.0.1", "localhost")  # cookies of a bare IP address are never kept
    await fetch(http, url)
    await fetch(http, url)
    assert "cookie" not in server.heard[1].headers
    assert len(server.connections) == 2


async def test_follows_no_redirect(http: Http, server: WireServer) -> None:
    server.play(reply("", 302, Location="/elsewhere"))
    with pytest.raises(WrongAddress, match="302"):
        await fetch(http, server.url)
    assert len(server.heard) == 1


async def test_a_name_that_does_not_resolve_is_unreachable(http: Http) -> None:
    with pytest.raises(Unreachable):
        await fetch(http, "https://nowhere.invalid/")


@pytest.mark.parametrize(
    "script",
    [
        (End.SILENCE,),
        (CHUNKED, End.SILENCE),
        (CHUNKED, chunk("Hel"), End.SILENCE),
        (head(Content_Length="10"), b"Hel", End.SILENCE),
    ],
)
async def test_silence_ends(http: Http, server: WireServer, script: tuple[bytes | End, ...]) -> None:
    server.play(script)
    with pytest.raises(IdleTimeout) as caught:
        await fetch(http, server.url)
    assert caught.value.seconds == IDLE
    assert len(server.heard) == 1
    await server.wait_left()


@pytest.mark.parametrize(
    "script",
    [
        (CHUNKED, chunk("Hel") + chunk("lo"), End.RESET),
        (CHUNKED + chunk("Hel") + chunk("lo"),),
        (head(Content_Length="10"), b"Hello", End.RESET),
        (head(Content_Length="10") + b"Hello",),
    ],
)
async def test_what_came_before_a_break_is_read_however_late(
    http: Http, server: WireServer, script: tuple[bytes | End, ...]
) -> None:
    server.play(script)
    async with http.send(Request(label="X", url=server.url)) as answer:
        await until(lambda: answer._response.content.exception() is not None)
        assert await anext(answer) == b"Hello"
        with pytest.raises(ConnectionLost):
            await anext(answer)


async def test_many_pieces_take_few_timers(http: Http, server: WireServer, monkeypatch: pytest.MonkeyPatch) -> None:
    went_on = [asyncio.Event() for _ in range(50)]
    server.play((CHUNKED, *(part for event in went_on for part in (chunk("x"), event)), LAST))
    loop, timers = asyncio.get_running_loop(), list[float]()
    set_timer = loop.call_at

    def count(when: float, call: Callable[..., object], *arguments: object, **named: None) -> asyncio.TimerHandle:
        timers.append(when)
        return set_timer(when, call, *arguments, **named)

    async with http.send(Request(label="X", url=server.url)) as answer:
        monkeypatch.setattr(loop, "call_at", count)
        for event in went_on:
            assert await anext(answer) == b"x"
            event.set()
    assert len(timers) < len(went_on) / 2


async def test_a_slow_reader_is_not_the_servers_silence(http: Http, server: WireServer) -> None:
    server.play((CHUNKED, chunk("x"), chunk("y"), LAST))
    looked = asyncio.Event()
    async with http.send(Request(label="X", url=server.url)) as answer:
        assert (await anext(answer)).startswith(b"x")
        asyncio.get_running_loop().call_later(2.5 * IDLE, looked.set)
        await looked.wait()
        async for _ in answer:
            pass


async def test_a_server_that_keeps_talking_is_too_slow_in_the_end(
    server: WireServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    count_waiting_only(monkeypatch)

    async def drip() -> AsyncIterator[bytes]:
        tick = asyncio.get_running_loop()
        while True:
            done = asyncio.Event()
            tick.call_later(0.02, done.set)
            await done.wait()
            yield chunk("x")

    server.play((CHUNKED, drip))
    async with Http(idle_timeout=5.0, total_timeout=0.3) as http:
        with pytest.raises(TotalTimeout) as caught:
            await fetch(http, server.url)
    assert caught.value.seconds == 0.3
    await server.wait_left()


@pytest.mark.parametrize(
    "script",
    [
        (head(Content_Length="20000000"), End.SILENCE),
        (CHUNKED, *[chunk(b"x" * 65_536)] * 16, LAST),
        (head(), *[b"x" * 65_536] * 16),
    ],
)
async def test_reads_a_megabyte_at_most(http: Http, server: WireServer, script: tuple[bytes | End, ...]) -> None:
    server.play(script)
    with pytest.raises(TooLarge) as caught:
        await fetch(http, server.url)
    assert caught.value.limit == 1_000_000
    await server.wait_left()


async def test_reads_all_of_a_megabyte(http: Http, server: WireServer) -> None:
    server.play(reply(b"x" * 1_000_000))
    assert len(await fetch(http, server.url)) == 1_000_000


async def test_the_limit_is_on_what_unpacks(http: Http, server: WireServer) -> None:
    server.play(reply(gzip.compress(b"x" * 20_000_000), Content_Encoding="gzip"))
    with pytest.raises(TooLarge):
        await fetch(http, server.url)


@pytest.mark.parametrize(
    "script",
    [
        (head(Content_Length="10"), b"Hel"),
        (head(Content_Length="10"), b"Hel", End.RESET),
        (CHUNKED, chunk("Hel")),
        (CHUNKED, b"5\r\nHe"),
        (CHUNKED, chunk("Hel"), End.RESET),
        (head() + b"Hel", End.RESET),
        (reply(b"no gzip at all", Content_Encoding="gzip"),),
    ],
)
async def test_a_body_without_its_end_is_cut_short(
    http: Http, server: WireServer, script: tuple[bytes | End, ...]
) -> None:
    server.play(script)
    with pytest.raises(ConnectionLost):
        await fetch(http, server.url)
    assert len(server.heard) == 1


async def test_a_malformed_chunk_does_not_wait_for_ever(http: Http, server: WireServer) -> None:
    begun = asyncio.Event()
    server.play((CHUNKED, chunk("Hel"), begun, b"nonsense\r\n\r\n", End.SILENCE))
    async with http.send(Request(label="X", url=server.url)) as answer:
        assert await anext(answer) == b"Hel"
        begun.set()
        with pytest.raises((IdleTimeout, ConnectionLost)):
            await anext(answer)


@pytest.mark.parametrize("sent", [b"nonsense\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x16\x03\x01\x00\x00"])
async def test_what_is_not_http_is_unreadable(http: Http, server: WireServer, sent: bytes) -> None:
    server.play((sent, End.SILENCE))
    with pytest.raises(InvalidResponse, match="not HTTP"):
        await fetch(http, server.url)
    assert len(server.heard) == 1


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ((reply({"message": "Too odd"}, 400),), "Too odd"),
        ((reply("Too odd", 400),), "Too odd"),
        ((reply("Zu groß".encode("latin-1"), 400, Content_Type="text/plain; charset=latin-1"),), "Zu groß"),
        ((reply("Your key is s3cret", 400),), "Your key is […]"),
        ((reply("Too odd", 400, Content_Type="text/html"),), None),
        ((reply("Too odd", 400, Content_Type="application/octet-stream"),), None),
        ((reply("<html>Too odd", 400),), None),
        ((reply("x" * 301, 400),), None),
        ((reply("a\nb\nc\nd", 400),), None),
        ((reply("Traceback (most recent call last):", 400),), None),
        ((reply(b"", 400),), None),
        ((head(400, Content_Length="100"), b'{"message"'), None),
        ((head(400, Transfer_Encoding="chunked"), chunk(b'{"message": "' + b"x" * 70_000), End.SILENCE), None),
        ((head(400, Transfer_Encoding="chunked"), chunk(b'{"message"'), End.SILENCE), None),
        ((reply({"message": "s3cret"}, 400),), "[…]"),
    ],
)
async def test_a_refusals_reason_is_read_if_it_comes(
    http: Http, server: WireServer, script: tuple[bytes | End, ...], reason: str | None
) -> None:
    server.play(script)
    with pytest.raises(Rejected) as caught:
        async with http.send(Request(label="X", url=server.url, secrets=("s3cret",))):
            pass
    assert (caught.value.status, caught.value.reason) == (400, reason)
    await server.wait_left()


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", NoReply),
        (b" \n", NoReply),
        (b"[]", InvalidResponse),
        (b"<p>", InvalidResponse),
        (b"{", InvalidResponse),
        (b"\xff", InvalidResponse),
    ],
)
async def test_a_body_that_is_no_object(
    http: Http, server: WireServer, body: bytes, fault: type[ProviderError]
) -> None:
    server.play(reply(body))
    with pytest.raises(fault):
        async with http.send(Request(label="X", url=server.url)) as answer:
            await answer.json_object()


async def test_the_connection_is_closed_when_the_reply_is_left_unread(http: Http, server: WireServer) -> None:
    server.play((CHUNKED, chunk("Hel"), End.SILENCE))
    async with http.send(Request(label="X", url=server.url)):
        assert not server.connections[0].left.is_set()
    await server.wait_left()


@pytest.mark.parametrize("script", [(End.SILENCE,), (CHUNKED, chunk("Hel"), End.SILENCE)])
async def test_cancelling_closes_the_connection(server: WireServer, script: tuple[bytes | End, ...]) -> None:
    server.play(script)
    async with Http() as http:
        asking = asyncio.create_task(fetch(http, server.url))
        await server.wait_heard(1)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await server.wait_left()


async def test_many_answers_may_run_at_once(server: WireServer) -> None:
    ready = asyncio.Event()
    server.play((CHUNKED, ready, chunk("Hello"), LAST))
    async with Http() as http:
        asking = [asyncio.create_task(fetch(http, server.url)) for _ in range(200)]
        await server.wait_heard(200)
        ready.set()
        assert await asyncio.gather(*asking) == [b"Hello"] * 200


def test_bounds_are_the_contracts_by_default() -> None:
    bounds = {name: parameter.default for name, parameter in signature(Http).parameters.items()}
    assert (bounds["idle_timeout"], bounds["total_timeout"], bounds["read_limit"]) == (60.0, 600.0, 1_000_000)
    assert TOTAL > IDLE


async def test_a_certificate_that_is_not_trusted_is_told_and_not_tried_again() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(UNTRUSTED)
    tried: list[float] = []

    async def pause(seconds: float) -> None:
        tried.append(seconds)

    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=context)
    async with server, Http(pause=pause) as client:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(TlsFailed) as caught:
            await fetch(client, f"https://127.0.0.1:{port}/")
    assert str(caught.value) == "X: TlsFailed"
    assert tried == []


async def test_what_speaks_no_tls_is_told(http: Http) -> None:
    def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        with pytest.raises(TlsFailed):
            await fetch(http, f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")


async def test_a_proxy_is_asked_in_place_of_the_host(server: WireServer) -> None:
    server.play(OK)
    proxy = server.url.replace("http://", "http://me:secret@")
    async with Http(proxies=Proxies(http=proxy)) as http:
        assert await fetch(http, "http://api.example/x")
    (heard,) = server.heard
    assert heard.target == "http://api.example/x"
    assert heard.headers["proxy-authorization"].startswith("Basic ")


@pytest.mark.parametrize("status", [403, 407])
async def test_a_proxy_that_refuses_is_told(server: WireServer, status: int) -> None:
    server.play(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode())
    async with Http(proxies=Proxies(https=server.url)) as http:
        with pytest.raises(ProxyRefused) as told:
            await fetch(http, "https://api.example/")
    assert told.value.status == status


async def test_a_proxy_that_does_not_reach_the_api_makes_it_unreachable(server: WireServer) -> None:
    server.play(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
    async with Http(proxies=Proxies(https=server.url), pause=no_pause) as http:
        with pytest.raises(Unreachable):
            await fetch(http, "https://api.example/")


async def test_a_proxy_that_is_not_there_makes_the_api_unreachable() -> None:
    async with Http(proxies=Proxies(https="http://127.0.0.1:9"), pause=no_pause) as http:
        with pytest.raises(Unreachable):
            await fetch(http, "https://api.example/")
