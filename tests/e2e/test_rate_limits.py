"""What a 429 of Discord's holds up while answers are written: what it is about, for its time, and nobody else."""

import asyncio
import logging
from collections.abc import Sequence

import pytest

from bot.discord.canvases import requests
from bot.streaming import typing_indicators
from sandbox.discord import Message, Permission
from sandbox.discord.limits.rate_limits import Scope
from tests.e2e.answer_steps import begin
from tests.e2e.reader import bare, bare_text, prose, words
from tests.e2e.stage import Stage
from tests.e2e.waiting import AT_ONCE, Hours, check_answers_come, read_whole, see_refused

HOUR = 3600.0
TYPING = ("POST", "/channels/{channel_id}/typing")
OPEN_DM = ("POST", "/users/@me/channels")
RESPOND = ("POST", "/interactions/{interaction_id}/{token}/callback")
FILL_IN = ("PATCH", "/webhooks/{application_id}/{token}/messages/@original")

Timeless = tuple[Stage, Hours]


# Typing.


@pytest.mark.parametrize("scope", ["user", "shared", "network"])
@pytest.mark.parametrize("retry_after", [25, HOUR])
async def test_typing_that_is_refused_holds_nothing_up_and_is_not_asked_for_again(
    brisk: Stage, scope: Scope, retry_after: float
) -> None:
    brisk.discord.rate_limit(*TYPING, retry_after, scope=scope)
    await check_answers_come(brisk)
    await see_refused(brisk, 2)
    await brisk.idle()
    await check_answers_come(brisk)
    await brisk.idle()
    await see_refused(brisk, 0)
    assert brisk.log.events("", logging.WARNING) == []


async def test_typing_that_is_refused_for_a_moment_holds_nothing_up(brisk: Stage) -> None:
    brisk.discord.rate_limit(*TYPING, 0.2, times=9)
    await check_answers_come(brisk)
    await see_refused(brisk, 2)
    assert brisk.log.events("", logging.WARNING) == []


async def test_typing_that_is_refused_in_one_channel_shows_in_another(brisk: Stage) -> None:
    brisk.discord.rate_limit("POST", f"/channels/{brisk.general.id}/typing", HOUR, scope="shared")
    await check_answers_come(brisk)
    assert [record.status for record in brisk.discord.requests.to(*TYPING)] == [429, 204]
    await see_refused(brisk, 1)


@pytest.mark.parametrize("status", [403, 500, 502, 503])
async def test_typing_that_fails_is_not_tried_again(timeless: Timeless, status: int) -> None:
    stage, hours = timeless
    async with stage.running():
        stage.discord.fail_next(*TYPING, status, times=9)
        stream, _, _ = await begin(stage)
        await hours.turn(30)
        await stream.finish()
        await stage.idle()
        assert len(stage.discord.requests.to(*TYPING)) == 1
        assert stage.log.events("", logging.WARNING) == []


async def test_typing_that_hangs_is_given_up(timeless: Timeless) -> None:
    stage, hours = timeless
    async with stage.running():
        held = stage.discord.hold(lambda record: record.route == TYPING[1])
        await check_answers_come(stage)
        await stage.discord.wait_for(lambda: len(held.kept) == 2)
        indicators = [task for task in asyncio.all_tasks() if task.get_name() == typing_indicators.TASK_NAME]
        assert len(indicators) == 2
        await hours.turn(requests.TYPING_SECONDS)
        async with asyncio.timeout(AT_ONCE):
            await asyncio.gather(*indicators)
        held.let_go()


# Direct messages.


@pytest.mark.parametrize("retry_after", [30, HOUR])
async def test_a_direct_message_that_cannot_be_opened_holds_nothing_up(brisk: Stage, retry_after: float) -> None:
    brisk.discord.rate_limit(*OPEN_DM, retry_after)
    brisk.general.overwrite(brisk.app.bot, deny=Permission.SEND_MESSAGES)
    brisk.apis.chatbase.answers("Never seen.")
    async with asyncio.timeout(AT_ONCE):
        question = await brisk.alice.say(brisk.general, brisk.mention("may I ask here?"))
        await brisk.discord.wait_for(lambda: brisk.discord.requests.to(*OPEN_DM))
        await check_answers_come(brisk, brisk.other)
        await brisk.idle()
    assert f"question {question.id}: the asker could not be told either" in brisk.log.events("bot")
    brisk.general.overwrite(brisk.app.bot)
    await check_answers_come(brisk)
    await see_refused(brisk, 1)


# Interactions.


@pytest.mark.parametrize("scope", ["user", "network"])
@pytest.mark.parametrize("route", [RESPOND, FILL_IN])
async def test_an_interaction_that_is_refused_is_answered_in_the_channel(
    brisk: Stage, route: tuple[str, str], scope: Scope
) -> None:
    brisk.discord.rate_limit(*route, HOUR, scope=scope)
    brisk.apis.chatbase.answers("All the same.")
    async with asyncio.timeout(AT_ONCE):
        await brisk.alice.slash(brisk.general, "ask", question="hello", wait=False)
        await brisk.discord.wait_for(lambda: any(words(message) == "All the same." for message in brisk.by_bot()))
    await check_answers_come(brisk)
    await see_refused(brisk, 1)


async def test_an_answer_that_an_interaction_began_goes_on_in_the_channel(brisk: Stage) -> None:
    text = prose(5000)
    stream = brisk.apis.chatbase.hold()
    asking = await brisk.alice.slash(brisk.general, "ask", question="please tell me all", wait=False)
    await stream.send(text[:2500])
    await asking.next_followup()
    brisk.discord.rate_limit("*", "/webhooks/", HOUR)
    await stream.send(text[2500:])
    await stream.finish()
    async with asyncio.timeout(AT_ONCE):
        await brisk.discord.wait_for(lambda: bare(brisk.by_bot()) == bare_text(text))
        await brisk.idle()
    await see_refused(brisk, 1)


# Messages.


@pytest.mark.parametrize("scope", ["user", "shared", "network"])
@pytest.mark.parametrize("retry_after", [40, HOUR])
async def test_a_channel_that_is_held_back_waits_and_no_other_does(
    timeless: Timeless, scope: Scope, retry_after: float
) -> None:
    stage, hours = timeless
    async with stage.running():
        stage.discord.rate_limit("POST", f"/channels/{stage.general.id}/messages", retry_after, scope=scope)
        stage.apis.chatbase.answers("Late, but here.")
        question = await stage.alice.say(stage.general, stage.mention("hello"))
        await stage.discord.wait_for(lambda: stage.discord.rate_limited)
        await read_whole(stage, 1)
        await check_answers_come(stage, stage.other)
        await hours.turn(retry_after - 5)
        assert stage.by_bot() == []
        await hours.turn(7)
        assert (await stage.answer(question)).content == "Late, but here."
        await stage.idle()
        await see_refused(stage, 1)


async def test_what_is_to_be_edited_or_deleted_waits_and_new_answers_do_not(timeless: Timeless) -> None:
    stage, hours = timeless
    async with stage.running():
        stage.apis.chatbase.answers("Short.")
        withdrawn = await stage.alice.say(stage.general, stage.mention("never mind"))
        answer = await stage.answer(withdrawn)
        stream, _, begun = await begin(stage)
        for method in ("PATCH", "DELETE"):
            stage.discord.rate_limit(method, f"/channels/{stage.general.id}/messages/", HOUR)
        await stream.send(" and goes on.")
        await stream.finish()
        await stage.alice.delete(withdrawn)
        await stage.discord.wait_for(lambda: len(stage.discord.rate_limited) == 2)
        await check_answers_come(stage, stage.other)
        assert not answer.deleted
        await hours.turn(HOUR + 2)
        assert (await stage.finished(begun)).content == "It begins and goes on."
        await stage.discord.wait_for(lambda: answer.deleted)
        await stage.idle()
        await see_refused(stage, 2)


# Everything.


@pytest.mark.parametrize("retry_after", [40, 70, HOUR])
async def test_a_limit_over_everything_holds_everything_for_its_time_and_nothing_is_lost(
    timeless: Timeless, retry_after: float
) -> None:
    stage, hours = timeless
    async with stage.running():
        stage.discord.rate_limit("*", "", retry_after, scope="global")
        await stage.use(stage.admin, "settings name", value="Ada")
        await see_refused(stage, 1)
        questions = await _ask_everywhere(stage)
        await read_whole(stage, 2)
        await hours.turn(retry_after - 5)
        assert _replies(stage, questions) == []
        await hours.turn(7)
        await _check_answered(stage, questions)
        await see_refused(stage, 0)  # nobody went on asking


@pytest.mark.parametrize("retry_after", [40, 70, HOUR])
async def test_a_limit_over_everything_that_an_answer_meets_does_so_too(timeless: Timeless, retry_after: float) -> None:
    stage, hours = timeless
    async with stage.running():
        stage.discord.rate_limit("POST", "/messages", retry_after, scope="global", times=1)
        stage.apis.chatbase.answers(lambda received: f"re: {received.question}")
        first = await stage.alice.say(stage.general, stage.mention("one"))
        await read_whole(stage, 1)
        await see_refused(stage, 1)
        questions = [first, *await _ask_everywhere(stage)]
        await hours.turn(retry_after - 5)
        assert _replies(stage, questions) == []
        await hours.turn(7)
        await _check_answered(stage, questions)


async def _ask_everywhere(stage: Stage) -> list[Message]:
    """Ask a question in one channel, and two in another."""
    stage.apis.chatbase.answers(lambda received: f"re: {received.question}")
    return [
        await stage.alice.say(stage.general, stage.mention("two")),
        await stage.alice.say(stage.other, stage.mention("three")),
        await stage.bob.say(stage.other, stage.mention("four")),
    ]


def _replies(stage: Stage, questions: Sequence[Message]) -> list[Message]:
    return [each for each in (*stage.by_bot(), *stage.by_bot(stage.other)) if each.replied_to in questions]


async def _check_answered(stage: Stage, questions: Sequence[Message]) -> None:
    for question in questions:
        answer = await stage.answer(question)
        assert answer.content == f"re: {question.content.split()[-1]}"
    await stage.idle()


@pytest.mark.parametrize("headers", [{"X-RateLimit-Scope": None}, {"X-RateLimit-Global": None}])
async def test_a_limit_over_everything_may_be_met_on_any_route(
    timeless: Timeless, headers: dict[str, str | None]
) -> None:
    stage, hours = timeless
    async with stage.running():
        stage.discord.faults.rate_limit("PATCH", "/members/@me", 70, scope="global", times=1, headers=headers)
        await stage.use(stage.admin, "settings name", value="Ada")
        stage.apis.chatbase.answers("Late, but here.")
        question = await stage.alice.say(stage.general, stage.mention("hello"))
        await read_whole(stage, 1)
        await hours.turn(65)
        assert _replies(stage, [question]) == []
        await hours.turn(7)
        assert (await stage.answer(question)).content == "Late, but here."
        await stage.idle()
        await see_refused(stage, 1)


@pytest.mark.parametrize("nonsense", ["-3600", "nan", "1e300", "59:59", ""])
async def test_nonsense_silences_nobody(brisk: Stage, nonsense: str) -> None:
    for route in (TYPING, ("PATCH", "/members/@me")):
        brisk.discord.faults.rate_limit(
            *route, 1, scope="user", times=1, headers={"Retry-After": nonsense}, body={"retry_after": nonsense}
        )
    told = await brisk.use(brisk.admin, "settings name", value="Ada")
    assert told.content.endswith("The name itself is saved.")
    await check_answers_come(brisk)
    await see_refused(brisk, 2)
    assert brisk.log.events("", logging.ERROR) == []
