"""The event stream: every type, in each documented form and any order, split anywhere, held, cut, and what is kept."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from sandbox.apis import NEW_BLOCK, ChatbaseV2, Cut, Event, Reply, StreamForm, failure, finish, tool
from sandbox.apis.replies.reply import Piece
from tests.sandbox.apis.agents.client import Client
from tests.sandbox.apis.sample_requests import events_in


async def stream(client: Client, *pieces: Piece, shape: str | None = None, split: int | None = None) -> str:
    """Return the whole body of an answer that is made of these pieces."""
    client.api.answers(Reply(pieces=pieces, shape=shape, split=split))
    response = await client.chat(stream=True)
    assert response.headers["Content-Type"] == "text/event-stream"
    return response.text


def types(events: Sequence[dict[str, Any]]) -> list[str]:
    return [str(each["type"]) for each in events]


async def test_the_usual_stream(api: ChatbaseV2, client: Client) -> None:
    body = await stream(client, "An ", "answer.")
    conversation = api.conversations[0]
    asked, answered = conversation.messages
    assert events_in(body) == [
        {"type": "start", "messageId": answered.id},
        {"type": "start-step"},
        {"type": "text-start", "id": "text_1"},
        {"type": "text-delta", "id": "text_1", "delta": "An "},
        {"type": "text-delta", "id": "text_1", "delta": "answer."},
        {"type": "text-end", "id": "text_1"},
        {"type": "finish-step"},
        {
            "type": "finish",
            "messageMetadata": {
                "messageId": answered.id,
                "userMessageId": asked.id,
                "conversationId": conversation.id,
                "userId": None,
                "usage": {"credits": 1},
                "finishReason": "stop",
            },
        },
    ]


async def test_a_tool_and_two_blocks(api: ChatbaseV2, client: Client) -> None:
    body = await stream(client, "One. ", *tool("find", "c1"), "Two.", NEW_BLOCK, "Three.")
    events = events_in(body)
    assert types(events) == [
        *("start", "start-step"),
        *("text-start", "text-delta", "text-end"),
        *("tool-input-start", "tool-input-delta", "tool-input-available", "tool-output-available"),
        *("text-start", "text-delta", "text-end"),
        *("text-start", "text-delta", "text-end"),
        *("finish-step", "finish"),
    ]
    assert [each["id"] for each in events if each["type"] == "text-start"] == ["text_1", "text_2", "text_3"]
    assert {each["toolCallId"] for each in events if "tool" in each["type"]} == {"c1"}
    parts = api.conversations[0].messages[-1].parts
    assert [part.get("text") for part in parts] == ["One. ", None, None, "Two.", "Three."]


@pytest.mark.parametrize("reason", ["stop", "error", "tool-calls"])
async def test_ends_for_each_reason(client: Client, reason: str) -> None:
    *_, step, end = events_in(await stream(client, "text", finish(reason)))
    assert step == {"type": "finish-step"}
    assert end["messageMetadata"]["finishReason"] == reason
    assert end["messageMetadata"]["conversationId"] == client.api.conversations[0].id


async def test_an_error_in_the_middle_is_the_last_event(client: Client) -> None:
    *_, ended, last = events_in(await stream(client, "text", failure("Sorry.")))
    assert (ended["type"], last) == ("text-end", {"type": "error", "errorText": "Sorry."})


async def test_unknown_types_and_raw_bytes_go_out_as_they_are(client: Client) -> None:
    odd = Event({"type": "data-weather", "data": [1]})
    body = await stream(client, odd, "text", b": a comment\n\n", Event({"no": "type"}), "more")
    assert f"{odd.decode()}" in body
    assert "\n\n: a comment\n\n" in body
    assert 'data: {"no":"type"}\n\n' in body


FORMS = [
    StreamForm(start=start, metadata=metadata, reason_beside=beside, blocks=blocks, steps=steps)
    for start, metadata, beside, blocks, steps in itertools.product(
        ("start", "message-start", ""),
        ("finish", "message-metadata", "metadata", ""),
        (False, True),
        (False, True),
        (False, True),
    )
]


async def test_every_form(client: Client) -> None:
    client.api.rate_limit.count = len(FORMS)
    for form in FORMS:
        client.api.form = form
        events = events_in(await stream(client, "text"))
        kinds = types(events)
        assert (kinds[0] in ("start", "message-start")) is bool(form.start)
        assert not form.start or kinds[0] == form.start
        assert ("start-step" in kinds, "finish-step" in kinds) == (form.steps, form.steps)
        assert ("text-start" in kinds, "text-end" in kinds) == (form.blocks, form.blocks)
        (delta,) = (each for each in events if each["type"] == "text-delta")
        assert ("id" in delta) is form.blocks
        told = [each for each in events if "conversationId" in each or "messageMetadata" in each]
        assert types(told) == ([form.metadata] if form.metadata else [])
        for each in told:
            inside = each["messageMetadata"] if each["type"] == "finish" else each
            assert inside["conversationId"] == client.api.conversations[-1].id
            assert (each if form.reason_beside else inside)["finishReason"] == "stop"
        assert kinds[-1] == "finish"


async def test_event_lines_and_no_done(client: Client) -> None:
    client.api.form = StreamForm(named=True, done=False)
    body = await stream(client, "text")
    frames = body.removesuffix("\n\n").split("\n\n")
    for frame in frames:
        name, data = frame.split("\n")
        assert name == f"event: {json.loads(data.removeprefix('data: '))['type']}"
    assert "[DONE]" not in body


async def test_bare_sends_the_pieces_and_nothing_else(api: ChatbaseV2, client: Client) -> None:
    pieces: list[Piece] = [
        Event({"type": "finish", "messageMetadata": {"finishReason": "stop"}}),
        "late",
        Event({"type": "text-start", "id": "t1"}),
        Event({"type": "text-delta", "id": "t1", "delta": " text"}),
        Event({"type": "start", "messageId": "another"}),
        b"data: [DONE]\n\n",
        Event({"type": "text-delta", "delta": " after"}),
    ]
    body = await stream(client, *pieces, shape="bare")
    late = Event({"type": "text-delta", "delta": "late"})
    assert body.encode() == b"".join(late if piece == "late" else piece for piece in pieces)  # type: ignore[misc]
    assert api.conversations[0].messages[-1].text == "late text after"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
async def test_is_split_anywhere(client: Client, size: int) -> None:
    whole = await stream(client, "ü🦊 ", "text", split=size)
    assert [each["delta"] for each in events_in(whole) if "delta" in each] == ["ü🦊 ", "text"]
    seen = []
    async with client.open("POST", f"/agents/{client.api.agent.id}/chat", {"message": "hi"}) as response:
        async for piece, _ in response.content.iter_chunks():
            seen.append(len(piece))
    assert max(seen) <= size


async def test_is_held(api: ChatbaseV2, client: Client) -> None:
    held = api.hold()
    async with client.open("POST", f"/agents/{api.agent.id}/chat", {"message": "held?"}) as response:
        assert (await held.started()).question == "held?"
        await held.send("Hel")
        seen = b""
        while b"delta" not in seen:
            seen += await response.content.readany()
        assert b'"delta":"Hel"' in seen
        for piece in (tool()[0], b"data: {", b'"type":"x"}\n\n'):
            await held.send(piece)
        await held.finish()
        rest = (await response.content.read()).decode()
    assert 'data: {"type":"x"}\n\n' in rest
    assert rest.endswith("data: [DONE]\n\n")


@pytest.mark.parametrize("keeps", [True, False])
async def test_what_is_kept_of_an_answer_that_was_left(api: ChatbaseV2, client: Client, *, keeps: bool) -> None:
    api.unsettled = replace(api.unsettled, keeps_partial=keeps)
    held = api.hold()
    async with client.open("POST", f"/agents/{api.agent.id}/chat", {"message": "hi"}) as response:
        await held.send("Hel")
        response.close()
        await held.left()
    assert [message.text for message in api.conversations[0].messages] == ["hi", *(["Hel"] if keeps else [])]


@pytest.mark.parametrize("how", list(Cut))
@pytest.mark.parametrize("keeps", [True, False])
async def test_what_is_kept_of_an_answer_that_was_cut(
    api: ChatbaseV2, client: Client, *, how: Cut, keeps: bool
) -> None:
    api.unsettled = replace(api.unsettled, keeps_partial=keeps)
    with pytest.raises(aiohttp.ClientPayloadError):
        await stream(client, "Hel", how)
    assert [message.text for message in api.conversations[0].messages] == ["hello", *(["Hel"] if keeps else [])]
    api.answers("all")
    await client.chat(conversationId=api.conversations[0].id)
    assert api.conversations[0].messages[-1].text == "all"


async def test_an_answer_that_failed_is_not_kept_unless_parts_are(api: ChatbaseV2, client: Client) -> None:
    api.unsettled = replace(api.unsettled, keeps_partial=False)
    await stream(client, "Hel", failure("Sorry."))
    assert len(api.conversations[0].messages) == 1
    await stream(client, "Hel", finish("tool-calls"))
    assert len(api.conversations[1].messages) == 2


async def test_looks_something_up_if_asked_to(api: ChatbaseV2, client: Client) -> None:
    for question in ("Look something up for me", "Where is my order?", "How will the weather be?"):
        kinds = types(events_in((await client.chat(question, stream=True)).text))
        assert kinds.index("tool-output-available") < kinds.index("text-start")
    assert "tool-input-start" not in types(events_in((await client.chat("hello", stream=True)).text))
    assert api.conversations[0].messages[-1].text
