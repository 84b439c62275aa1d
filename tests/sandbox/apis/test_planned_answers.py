"""Answers as a test scripts them: how often, how fast, in which pieces, and in the test's own hands."""

import asyncio

import aiohttp
import pytest

from sandbox.apis import Apis, ChatbaseShape, ClientLeft, Cut, Outcome, Received, Reply, Status
from tests.sandbox.apis.sample_requests import NAMES, Asker


async def test_planned_answers_come_in_order_then_the_standing_one(apis: Apis, ask: Asker) -> None:
    apis.chatbase.answers("standing")
    apis.chatbase.answers("twice", times=2)
    apis.chatbase.answers("once", times=1)
    said = [await ask.said("chatbase", "hi") for _ in range(5)]
    assert said == ["twice", "twice", "once", "standing", "standing"]
    apis.clear()
    assert await ask.said("chatbase", "hi") != "standing"


async def test_an_answer_may_be_a_function_of_the_request(apis: Apis, ask: Asker) -> None:
    def shout(received: Received) -> str | Reply:
        text = (received.question or "").upper()
        return Reply(text, status=201) if "!" in text else text

    apis.stammer.answers(shout)
    assert await ask.said("stammer", "hi") == "HI"
    assert (await ask("stammer", "hi!")).status == 201


@pytest.mark.parametrize("times", [0, -1])
def test_times_must_be_positive(times: int) -> None:
    with pytest.raises(ValueError, match="times"):
        Apis().tamako.answers("x", times=times)


async def test_an_unknown_shape_is_an_error_at_once(apis: Apis) -> None:
    with pytest.raises(ValueError, match="smoke-signals"):
        apis.chatbase.answers(Reply("x", shape="smoke-signals"))
    with pytest.raises(ValueError, match=r"data\.answer"):
        apis.chatbase.hold(shape="data.answer")


async def test_refused_requests_use_up_no_planned_answer(apis: Apis, ask: Asker) -> None:
    apis.tamako.answers("planned", times=1)
    await ask("tamako", appsecret="wrong-one")
    assert await ask.said("tamako", "hi") == "planned"


async def test_a_reply_may_dictate_everything(apis: Apis, ask: Asker) -> None:
    apis.chatbase.answers(
        Reply(body=b"\x00\xff", status=418, headers={"X-Tea": "1"}, content_type="application/tea"), times=1
    )
    response = await ask("chatbase", stream=True)
    assert (response.status, response.headers["Content-Type"], response.body) == (418, "application/tea", b"\x00\xff")
    assert response.headers["X-Tea"] == "1"
    apis.chatbase.answers(Reply(body={"text": 5}), times=1)
    assert (await ask("chatbase")).json == {"text": 5}


@pytest.mark.parametrize("size", [1, 2, 3, 7])
async def test_splits_at_any_byte(apis: Apis, ask: Asker, size: int) -> None:
    apis.chatbase.answers(Reply("ü🦊 text", split=size))
    seen: list[bytes] = []
    async with ask.open("chatbase", stream=True) as response:
        async for piece, ends in response.content.iter_chunks():
            assert ends or not piece
            seen.append(piece)
    whole = "ü🦊 text".encode()
    assert [piece for piece in seen if piece] == [whole[at : at + size] for at in range(0, len(whole), size)]


@pytest.mark.parametrize("name", NAMES)
async def test_pauses_are_gated_by_events(apis: Apis, ask: Asker, name: str) -> None:
    gate = asyncio.Event()
    api = apis.find(name)
    api.answers(Reply("late", think=gate.wait))
    asked = asyncio.create_task(ask(name))
    received = await api.wait_received()
    assert received.answered.status is None
    assert not asked.done()
    gate.set()
    assert "late" in (await asked).text


async def test_pieces_are_gated_too(apis: Apis, ask: Asker) -> None:
    gate = asyncio.Semaphore(0)
    apis.chatbase.answers(Reply(pieces=["a", "b"], pause=gate.acquire))
    async with ask.open("chatbase", stream=True) as response:
        assert await response.content.readany() == b"a"
        assert apis.chatbase.received[0].answered.body == b"a"
        gate.release()
        assert await response.content.readany() == b"b"


async def test_hold_sends_what_it_is_told_when_it_is_told(apis: Apis, ask: Asker) -> None:
    stream = apis.chatbase.hold()
    async with ask.open("chatbase", "held?", stream=True) as response:
        assert (await stream.started()).question == "held?"
        for piece in ("Hel", b"\xf0\x9f", b"\xa6\x8a", "  lo\n"):
            await stream.send(piece)
            assert await response.content.readany() == (piece.encode() if isinstance(piece, str) else piece)
        await stream.finish()
        assert await response.content.read() == b""
    assert apis.chatbase.received[0].answered.outcome is Outcome.COMPLETE
    with pytest.raises(ValueError, match="has ended"):
        await stream.send("more")


async def test_the_head_goes_out_before_the_first_piece(apis: Apis, ask: Asker) -> None:
    stream = apis.chatbase.hold(shape=ChatbaseShape.SSE)
    async with ask.open("chatbase", stream=True) as response:
        assert response.content_type == "text/event-stream"
        await stream.send("x")
        assert await response.content.readany() == b"data: x\n\n"
        await stream.finish()
        assert await response.content.read() == b"data: [DONE]\n\n"


@pytest.mark.parametrize("how", list(Cut))
async def test_hold_cuts_in_the_middle(apis: Apis, ask: Asker, how: Cut) -> None:
    stream = apis.chatbase.hold()
    async with ask.open("chatbase", stream=True) as response:
        await stream.send("Hel")
        assert await response.content.readany() == b"Hel"
        await stream.cut(how)
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.content.read()
    assert apis.chatbase.received[0].answered.outcome is Outcome.CUT


@pytest.mark.parametrize("name", [name for name in NAMES if name != "chatbase"])
async def test_an_api_that_does_not_stream_sends_all_at_the_finish(apis: Apis, ask: Asker, name: str) -> None:
    api = apis.find(name)
    stream = api.hold()
    asked = asyncio.create_task(ask.said(name, "hi"))
    await stream.send("first ")
    await stream.send("second")
    assert (await stream.started()).answered.status is None
    await stream.finish()
    assert await asked == "first second"
    stream = api.hold()
    asked_again = asyncio.create_task(ask(name, "hi"))
    await stream.send("half a document")
    await stream.cut()
    with pytest.raises(aiohttp.ClientPayloadError):
        await asked_again


async def test_hold_notices_that_the_client_left(apis: Apis, ask: Asker) -> None:
    stream = apis.chatbase.hold()
    async with ask.open("chatbase", stream=True) as response:
        await stream.send("Hel")
        assert apis.chatbase.open_answers == 1
        response.close()
    await stream.left()
    await apis.chatbase.wait_idle()
    assert apis.chatbase.received[0].answered.outcome is Outcome.LEFT
    with pytest.raises(ClientLeft):
        await stream.send("lo")


async def test_holds_are_taken_in_order(apis: Apis, ask: Asker) -> None:
    first, second = apis.chatbase.hold(), apis.chatbase.hold()
    async with ask.open("chatbase", "one", stream=True) as one, ask.open("chatbase", "two", stream=True) as two:
        await second.send("2")
        await first.send("1")
        await second.finish()
        await first.finish()
        assert (await one.text(), await two.text()) == ("1", "2")


async def test_waiting_gives_up(apis: Apis) -> None:
    stream = apis.chatbase.hold()
    with pytest.raises(TimeoutError):
        await stream.started(max_wait=0.01)
    with pytest.raises(TimeoutError):
        await apis.chatbase.wait_received(1, max_wait=0.01)


async def test_faults_come_before_planned_answers_and_leave_them(apis: Apis, ask: Asker) -> None:
    apis.tamako.answers("planned", times=1)
    apis.tamako.fails(Status(503), times=2)
    assert [(await ask("tamako")).status for _ in range(3)] == [503, 503, 200]
    assert "planned" in apis.tamako.received[-1].answered.text
