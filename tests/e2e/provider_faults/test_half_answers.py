"""What came before a fault: it stays, and is not remembered."""

import pytest

from sandbox.apis import Cut, ErrorEvent, Fault, Reply
from tests.e2e.provider_faults.desk import QUESTION, Desk

pytestmark = pytest.mark.asyncio(loop_scope="module")

REPORTED = "-# Chatbase stopped with an error: “The model is overloaded.” Please ask again."
EVENTS: dict[str, tuple[Fault | str, str]] = {
    "an event": ("error-event", REPORTED),
    "a payload": ("error-payload", REPORTED),
    "undeclared": (ErrorEvent(content_type="text/plain"), REPORTED),
    "a text": (ErrorEvent(payload="The model is overloaded."), REPORTED),
    "nothing": (ErrorEvent(payload=""), "-# Chatbase stopped with an error. Please ask again."),
    "an abort": (
        ErrorEvent(event_name="", payload={"type": "abort"}),
        "-# Chatbase stopped with an error. Please ask again.",
    ),
    "a status": (
        ErrorEvent(payload={"error": {"code": 429, "message": "Slow down."}}),
        "-# Chatbase is getting too many questions right now. Please try again in a minute.",
    ),
    "a ping": (
        ErrorEvent(payload={"message": "@everyone `x`"}),
        "-# Chatbase stopped with an error: “\\@everyone \\`x\\`”. Please ask again.",
    ),
}


@pytest.mark.parametrize("desk", ["chatbase"], indirect=True)
@pytest.mark.parametrize("event", EVENTS)
async def test_what_came_before_an_error_event_stays_and_is_not_remembered(desk: Desk, event: str) -> None:
    played, sentence = EVENTS[event]
    desk.api.fails(played)
    answer = await desk.ask(QUESTION)
    assert answer.content == f"This answer begins well,\n{sentence}"
    assert len(desk.asked()) == 1
    await desk.api.wait_idle()
    assert not [line for line in desk.stage.log.events() if "begins well" in line or "overloaded" in line]
    await desk.check_next()


@pytest.mark.parametrize("desk", ["chatbase"], indirect=True)
@pytest.mark.parametrize("shape", ["raw", "sse", "sse-text", "sse-delta", "sse-undeclared"])
async def test_an_answer_about_error_events_is_one_and_is_remembered(desk: Desk, shape: str) -> None:
    told = 'A failing server sends `event: error`, or {"type":"error","errorText":"Overloaded"} as data.'
    desk.api.answers(Reply(told, shape=shape), times=1)
    assert (await desk.ask(QUESTION)).content == told
    desk.api.answers("You are welcome.")
    await desk.ask("thanks")
    assert desk.api.received[-1].fields["messages"] == [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": told},
        {"role": "user", "content": "thanks"},
    ]


@pytest.mark.parametrize("desk", ["chatbase"], indirect=True)
@pytest.mark.parametrize("shape", ["raw", "sse", "sse-text", "sse-delta"])
@pytest.mark.parametrize("how", [*Cut])
async def test_what_came_before_a_cut_stays_and_is_not_remembered(desk: Desk, shape: str, how: Cut) -> None:
    desk.api.answers(Reply(pieces=["There once ", "was a heron", ", and then", how], shape=shape), times=1)
    answer = await desk.ask("tell me a story")
    assert answer.content == (
        "There once was a heron, and then\n"
        "-# The connection to Chatbase dropped, so this answer is incomplete. Please ask again."
    )
    await desk.check_next()


@pytest.mark.parametrize("desk", ["chatbase"], indirect=True)
async def test_what_came_before_a_fault_stays_also_over_several_messages(desk: Desk) -> None:
    text = "\n".join(f"Line {number} of a longer story about herons." for number in range(80))
    desk.api.answers(Reply(pieces=[*text.splitlines(keepends=True), Cut.RESET]), times=1)
    await desk.ask("tell me a long story")
    messages = desk.stage.by_bot(desk.channel)
    assert len(messages) == 2
    shown = "\n".join(message.content for message in messages)
    assert shown == f"{text}\n-# The connection to Chatbase dropped, so this answer is incomplete. Please ask again."
    await desk.check_next()


@pytest.mark.parametrize("desk", ["chatbase"], indirect=True)
async def test_the_end_of_an_endless_answer_is_a_file_with_all_that_was_read(desk: Desk) -> None:
    desk.api.fails("endless")
    await desk.ask(QUESTION)
    *pages, last = desk.stage.by_bot(desk.channel)
    assert len(pages) == 25
    first, second = last.content.splitlines()
    assert first.startswith("-# This answer is too long to post here (")
    assert second == "-# Chatbase sent more than 1 MB, so I stopped reading. Try asking for something shorter."
    assert 900_000 < len(last.attachments[0].data) <= 1_000_000
    await desk.check_next()
