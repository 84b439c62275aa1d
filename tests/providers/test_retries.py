"""What the HTTP helper sends again and what it never does, counted at the server."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from bot.domain.errors import ConnectionLost, ProviderError, RateLimited, ServerFault, TotalTimeout, Unreachable
from bot.providers.http import Http
from tests.providers.conftest import Pauses, fetch
from tests.providers.wire import End, WireServer, reply
from tests.waiting_clock import count_waiting_only

OK = reply({"text": "fine"})


@pytest.fixture(params=["GET", "POST"])
def post(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "POST")


@pytest.mark.parametrize("ending", [(), (End.RESET,)])
async def test_a_request_that_was_heard_is_never_sent_again(
    http: Http,
    server: WireServer,
    pauses: Pauses,
    post: bool,
    ending: tuple[End, ...],
) -> None:
    server.play(ending)
    with pytest.raises(ConnectionLost):
        await fetch(http, server.url, post=post)
    assert (len(server.heard), pauses.asked) == (1, [])


async def test_a_connection_that_was_never_made_is_tried_three_times(http: Http, pauses: Pauses, post: bool) -> None:
    async with WireServer() as gone:
        url = gone.url
    with pytest.raises(Unreachable):
        await fetch(http, url, post=post)
    assert len(pauses.asked) == 2


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
        await fetch(http, server.url, post=post)
    assert len(server.heard) == 3
    assert pauses.asked[0] == 7
    assert 15 < pauses.asked[1] <= 20
    await server.wait_left()


async def test_busy_servers_are_tried_three_times_at_most(http: Http, server: WireServer, pauses: Pauses) -> None:
    server.play(reply("", 429, Retry_After="0:03"))
    with pytest.raises(RateLimited) as caught:
        await fetch(http, server.url)
    assert (caught.value.retry_after, len(server.heard), pauses.asked) == (3, 3, [3, 3])


async def test_waits_a_little_where_the_server_does_not_say(http: Http, server: WireServer, pauses: Pauses) -> None:
    server.play(reply("", 503, Retry_After="soon"))
    with pytest.raises(ServerFault):
        await fetch(http, server.url)
    assert pauses.asked == [1, 2]


@pytest.mark.parametrize("retry_after", ["31", "14:59"])
async def test_long_patience_is_not_ours(http: Http, server: WireServer, pauses: Pauses, retry_after: str) -> None:
    server.play(reply("", 429, Retry_After=retry_after))
    with pytest.raises(RateLimited) as caught:
        await fetch(http, server.url)
    assert caught.value.retry_after in (31, 899)
    assert (len(server.heard), pauses.asked) == (1, [])


async def test_a_pause_that_would_outlast_the_whole_answer_is_not_begun(server: WireServer, pauses: Pauses) -> None:
    server.play(reply("", 503, Retry_After="20"))
    async with Http(total_timeout=10.0, pause=pauses) as http:
        with pytest.raises(ServerFault):
            await fetch(http, server.url)
    assert (len(server.heard), pauses.asked) == (1, [])


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 500, 502, 504])
async def test_no_other_status_is_tried_again(http: Http, server: WireServer, status: int) -> None:
    server.play(reply({"message": "no"}, status, Retry_After="1"))
    with pytest.raises(ProviderError):
        await fetch(http, server.url)
    assert len(server.heard) == 1


async def test_no_try_begins_after_the_whole_time(server: WireServer, monkeypatch: pytest.MonkeyPatch) -> None:
    count_waiting_only(monkeypatch)

    async def dawdle(_: float) -> None:
        over = asyncio.Event()
        asyncio.get_running_loop().call_later(0.3, over.set)
        await over.wait()

    server.play(reply("", 503, Retry_After="0.01"))
    async with Http(total_timeout=0.2, pause=dawdle) as http:
        with pytest.raises(TotalTimeout):
            await fetch(http, server.url)
    assert len(server.heard) == 1
