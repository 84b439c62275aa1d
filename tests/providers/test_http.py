"""The HTTP helper over real sockets: time-outs, limits, retries counted at the server, connections closed."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from bot.chat.errors import (
    CutShort,
    NoReply,
    ProviderError,
    RateLimited,
    Rejected,
    ServerFault,
    Silent,
    TooLarge,
    TooSlow,
    Unreachable,
    Unreadable,
)
from bot.providers.http import Http, Request
from tests.providers.conftest import IDLE, TOTAL, Pauses
from tests.providers.wire import CHUNKED, LAST, End, WireServer, chunk, head, reply

OK = reply({"text": "fine"})


async def read(http: Http, url: str, *, post: bool = False) -> bytes:
    async with http.send(Request(label="X", url=url, body={"question": "é\ud800"} if post else None)) as answer:
        return await answer.read()


@pytest.fixture(params=["GET", "POST"])
def post(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "POST")


async def test_sends_what_it_is_given_and_asks_for_no_compression(http: Http, server: WireServer) -> None:
    server.play(OK)
    params = {"a": "1 &=#é\ud800"}
    async with http.send(Request(label="X", url=f"{server.url}/x?z=1", headers={"H": "v"}, params=params)) as answer:
        assert await answer.json_object() == {"text": "fine"}
        assert (answer.status, answer.media_type, answer.delimited) == (200, "application/json", True)
    await read(http, server.url, post=True)
    get, post = server.heard
    assert (get.method, get.target) == ("GET", "/x?z=1&a=1+%26%3D%23%C3%A9?")
    assert (get.headers["h"], get.headers["accept-encoding"]) == ("v", "identity")
    assert "content-type" not in get.headers
    assert (post.method, post.headers["content-type"]) == ("POST", "application/json")
    assert post.json() == {"question": "é?"}


async def test_keeps_no_cookie_and_no_connection(http: Http, server: WireServer) -> None:
    server.play(reply({}, Set_Cookie="person=one"))
    await read(http, server.url)
    await read(http, server.url)
    assert "cookie" not in server.heard[1].headers
    assert len(server.connections) == 2


async def test_follows_no_redirect(http: Http, server: WireServer) -> None:
    server.play(reply("", 302, Location="/elsewhere"))
    with pytest.raises(Unreadable, match="302"):
        await read(http, server.url)
    assert len(server.heard) == 1


@pytest.mark.parametrize("ending", [(), (End.RESET,)])
async def test_a_request_that_was_heard_is_never_sent_again(
    http: Http,
    server: WireServer,
    pauses: Pauses,
    post: bool,
    ending: tuple[End, ...],
) -> None:
    server.play(ending)
    with pytest.raises(CutShort):
        await read(http, server.url, post=post)
    assert (len(server.heard), pauses.asked) == (1, [])


async def test_a_connection_that_was_never_made_is_tried_three_times(http: Http, pauses: Pauses, post: bool) -> None:
    async with WireServer() as gone:
        url = gone.url
    with pytest.raises(Unreachable):
        await read(http, url, post=post)
    assert len(pauses.asked) == 2


async def test_a_name_that_does_not_resolve_is_unreachable(http: Http) -> None:
    with pytest.raises(Unreachable):
        await read(http, "https://nowhere.invalid/")


@pytest.mark.parametrize("status", [429, 503])
async def test_busy_servers_are_tried_again(
    server: WireServer,
    pauses: Pauses,
    post: bool,
    status: int,
) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    server.play(reply("", status, Retry_After="7"), reply("", status, Retry_After=date), OK)
    async with Http(pause=pauses) as http:
        await read(http, server.url, post=post)
    assert len(server.heard) == 3
    assert pauses.asked[0] == 7
    assert 15 < pauses.asked[1] <= 20
    await server.wait_left()


async def test_busy_servers_are_tried_three_times_at_most(http: Http, server: WireServer, pauses: Pauses) -> None:
    server.play(reply("", 429, Retry_After="0:03"))
    with pytest.raises(RateLimited) as caught:
        await read(http, server.url)
    assert (caught.value.retry_after, len(server.heard), pauses.asked) == (3, 3, [3, 3])


async def test_waits_a_little_where_the_server_does_not_say(http: Http, server: WireServer, pauses: Pauses) -> None:
    server.play(reply("", 503, Retry_After="soon"))
    with pytest.raises(ServerFault):
        await read(http, server.url)
    assert pauses.asked == [1, 2]


@pytest.mark.parametrize("retry_after", ["31", "14:59"])
async def test_long_patience_is_not_ours(http: Http, server: WireServer, pauses: Pauses, retry_after: str) -> None:
    server.play(reply("", 429, Retry_After=retry_after))
    with pytest.raises(RateLimited) as caught:
        await read(http, server.url)
    assert caught.value.retry_after in (31, 899)
    assert (len(server.heard), pauses.asked) == (1, [])


async def test_a_pause_that_would_outlast_the_whole_answer_is_not_begun(server: WireServer, pauses: Pauses) -> None:
    server.play(reply("", 503, Retry_After="20"))
    async with Http(total_timeout=10.0, pause=pauses) as http:
        with pytest.raises(ServerFault):
            await read(http, server.url)
    assert (len(server.heard), pauses.asked) == (1, [])


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 500, 502, 504])
async def test_no_other_status_is_tried_again(http: Http, server: WireServer, status: int) -> None:
    server.play(reply({"message": "no"}, status, Retry_After="1"))
    with pytest.raises(ProviderError):
        await read(http, server.url)
    assert len(server.heard) == 1


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
    with pytest.raises(Silent) as caught:
        await read(http, server.url)
    assert caught.value.seconds == IDLE
    assert len(server.heard) == 1
    await server.wait_left()


async def test_a_server_that_keeps_talking_is_too_slow_in_the_end(server: WireServer) -> None:
    async def drip() -> AsyncIterator[bytes]:
        tick = asyncio.get_running_loop()
        while True:
            done = asyncio.Event()
            tick.call_later(0.02, done.set)
            await done.wait()
            yield chunk("x")

    server.play((CHUNKED, drip))
    async with Http(idle_timeout=5.0, total_timeout=0.3) as http:
        with pytest.raises(TooSlow) as caught:
            await read(http, server.url)
    assert caught.value.seconds == 0.3
    await server.wait_left()


async def test_no_try_begins_after_the_whole_time(server: WireServer) -> None:
    async def dawdle(_: float) -> None:
        over = asyncio.Event()
        asyncio.get_running_loop().call_later(0.3, over.set)
        await over.wait()

    server.play(reply("", 503, Retry_After="0.01"))
    async with Http(total_timeout=0.2, pause=dawdle) as http:
        with pytest.raises(TooSlow):
            await read(http, server.url)
    assert len(server.heard) == 1


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
        await read(http, server.url)
    assert caught.value.limit == 1_000_000
    await server.wait_left()


async def test_reads_all_of_a_megabyte(http: Http, server: WireServer) -> None:
    server.play(reply(b"x" * 1_000_000))
    assert len(await read(http, server.url)) == 1_000_000


async def test_the_limit_is_on_what_unpacks(http: Http, server: WireServer) -> None:
    server.play(reply(gzip.compress(b"x" * 20_000_000), Content_Encoding="gzip"))
    with pytest.raises(TooLarge):
        await read(http, server.url)


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
    with pytest.raises(CutShort):
        await read(http, server.url)
    assert len(server.heard) == 1


async def test_a_malformed_chunk_does_not_wait_for_ever(http: Http, server: WireServer) -> None:
    begun = asyncio.Event()
    server.play((CHUNKED, chunk("Hel"), begun, b"nonsense\r\n\r\n", End.SILENCE))
    async with http.send(Request(label="X", url=server.url)) as answer:
        assert await anext(answer) == b"Hel"
        begun.set()
        with pytest.raises((Silent, CutShort)):
            await anext(answer)


@pytest.mark.parametrize("sent", [b"nonsense\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x16\x03\x01\x00\x00"])
async def test_what_is_not_http_is_unreadable(http: Http, server: WireServer, sent: bytes) -> None:
    server.play((sent, End.SILENCE))
    with pytest.raises(Unreadable, match="not HTTP"):
        await read(http, server.url)
    assert len(server.heard) == 1


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ((reply({"message": "Too odd"}, 400),), "Too odd"),
        ((reply("Too odd", 400),), None),
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
        (b"[]", Unreadable),
        (b"<p>", Unreadable),
        (b"{", Unreadable),
        (b"\xff", Unreadable),
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
        asking = asyncio.create_task(read(http, server.url))
        await server.wait_heard(1)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await server.wait_left()


async def test_a_thousand_answers_may_run_at_once(server: WireServer) -> None:
    ready = asyncio.Event()
    server.play((CHUNKED, ready, chunk("Hello"), LAST))
    async with Http() as http:
        asking = [asyncio.create_task(read(http, server.url)) for _ in range(200)]
        await server.wait_heard(200)
        ready.set()
        assert await asyncio.gather(*asking) == [b"Hello"] * 200


def test_bounds_are_the_contracts_by_default() -> None:
    http = Http()
    assert (http._idle, http._total, http._read_limit) == (60.0, 600.0, 1_000_000)
    assert TOTAL > IDLE
