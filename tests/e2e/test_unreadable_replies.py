"""Requests that Discord takes and answers with nonsense: what it shows counts, and nobody is told that it is lost."""

import asyncio
import logging
from collections.abc import Callable

import pytest

from sandbox.discord import Message
from tests.e2e.answer_controls import version
from tests.e2e.answer_steps import begin, check_next
from tests.e2e.reader import words
from tests.e2e.stage import Stage
from tests.e2e.waiting import AT_ONCE

CREATE = ("POST", "/channels/{channel_id}/messages")
EDIT = ("PATCH", "/channels/{channel_id}/messages/{message_id}")
RESPOND = ("POST", "/interactions/{interaction_id}/{token}/callback")
FILL_IN = ("PATCH", "/webhooks/{application_id}/{token}/messages/@original")
FOLLOW_UP = ("POST", "/webhooks/{application_id}/{token}")

Spoil = Callable[[Stage, tuple[str, str]], None]


def _answer(body: bytes, content_type: str = "application/json", *, breaks_off: bool = False) -> Spoil:
    def spoil(stage: Stage, route: tuple[str, str]) -> None:
        stage.discord.faults.answer_nonsense(*route, body, content_type=content_type, breaks_off=breaks_off)

    return spoil


TRUNCATED = pytest.param(_answer(b'{"id": "12'), id="truncated")
BROKEN_OFF = pytest.param(_answer(b'{"id": "12', breaks_off=True), id="broken off")
PAGE = pytest.param(_answer(b"<!DOCTYPE html><p>Welcome!</p>", "text/html"), id="a page")
LIST = pytest.param(_answer(b"[]"), id="a list")
"""Some of what `tests/discord/test_readable_replies.py` has more of."""


def nobody_was_bothered(stage: Stage) -> bool:
    """Return whether no direct message came, and no error is in the log."""
    return not stage.by_bot(stage.alice.dm(stage.app)) and not stage.log.events("", logging.ERROR)


@pytest.mark.parametrize("spoil", [TRUNCATED, BROKEN_OFF, PAGE, LIST])
async def test_a_new_message_is_there_once_and_the_answer_goes_on_in_it(brisk: Stage, spoil: Spoil) -> None:
    spoil(brisk, CREATE)
    stream, _, answer = await begin(brisk)
    await stream.send(" and goes on.")
    await stream.finish()
    assert (await brisk.finished(answer)).content == "It begins and goes on."
    await brisk.idle()
    assert brisk.by_bot() == [answer]
    assert nobody_was_bothered(brisk)
    await check_next(brisk, remembered=("please tell me all", "It begins and goes on."))


@pytest.mark.parametrize("spoil", [TRUNCATED, BROKEN_OFF])
async def test_an_edit_counts_as_made(brisk: Stage, spoil: Spoil) -> None:
    stream, _, answer = await begin(brisk)
    spoil(brisk, EDIT)
    await stream.send(" and ends.")
    await brisk.discord.wait_for(lambda: "ends" in answer.content)
    await stream.finish()
    await brisk.idle()
    assert answer.content == "It begins and ends."
    assert len(answer.frames) == len(brisk.discord.requests.to(*EDIT)) + 1
    assert nobody_was_bothered(brisk)


@pytest.mark.parametrize("route", [RESPOND, FILL_IN])
@pytest.mark.parametrize("spoil", [LIST])
async def test_a_command_is_answered_in_its_response(brisk: Stage, spoil: Spoil, route: tuple[str, str]) -> None:
    spoil(brisk, route)
    brisk.apis.chatbase.answers("Here it is.")
    async with asyncio.timeout(AT_ONCE):
        assert words(await brisk.use(brisk.alice, "ask", question="hello")) == "Here it is."
        await brisk.idle()
    assert len(brisk.by_bot()) == 1
    assert nobody_was_bothered(brisk)


@pytest.mark.parametrize("spoil", [BROKEN_OFF, PAGE])
async def test_buttons_and_private_responses_do_what_they_should(brisk: Stage, spoil: Spoil) -> None:
    brisk.apis.chatbase.answers("Red.", times=1)
    answer = await brisk.ask(brisk.alice, "a colour?")
    brisk.apis.chatbase.answers("Green.", times=1)
    spoil(brisk, RESPOND)
    await brisk.alice.press(answer, "Retry", wait=False)
    await version(brisk, answer, "2/2")
    spoil(brisk, RESPOND)
    offer = await (await brisk.alice.press(answer, "Ask another")).wait_until()
    brisk.apis.stammer.answers("Blue.")
    spoil(brisk, RESPOND)
    await brisk.alice.press(offer, "Stammer.ai")
    await version(brisk, answer, "3/3")
    assert nobody_was_bothered(brisk)


async def test_what_stays_nonsense_is_taken_for_shown(brisk: Stage) -> None:
    brisk.discord.faults.answer_nonsense(*CREATE, b"{", times=9)
    brisk.apis.chatbase.answers("It is there.")
    await brisk.alice.say(brisk.general, brisk.mention("hello"))
    shown: Message = await brisk.discord.wait_for(lambda: next(iter(brisk.by_bot()), None))
    await brisk.idle()
    assert shown.content.startswith("It is")
    assert len(brisk.by_bot()) == 1
    assert not brisk.by_bot(brisk.alice.dm(brisk.app))
