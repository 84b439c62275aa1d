"""Stopping with answers in flight: they finish if they can, are marked if not, and people in line are told."""

import asyncio

from tests.e2e.answer_steps import begin
from tests.e2e.reader import below_caption
from tests.e2e.stage import Stage, open_stage

INTERRUPTED = "-# Interrupted: I was restarted while writing this. Please ask again."
SOON = "-# I'm restarting. Please ask again in a minute."


async def test_an_answer_in_flight_is_finished_first(stage: Stage) -> None:
    stream, _, answer = await begin(stage)
    stopping = asyncio.create_task(stage.bot.services.answering.drain(10.0))
    await stream.send(" and ends.")
    await stream.finish()
    await stopping
    assert answer.content == "It begins and ends."


async def test_new_and_waiting_questions_are_told_and_the_one_in_flight_goes_on(stage: Stage) -> None:
    stage.hurry()
    stream, _, answer = await begin(stage)
    waiting = [await stage.alice.say(stage.general, stage.mention(f"number {number}")) for number in range(3)]
    asking = await stage.alice.slash(stage.general, "ask", question="number 4")
    stopping = asyncio.create_task(stage.bot.services.answering.drain(10.0))
    # Each asker is told once, below their first question.
    assert (await stage.answer(waiting[0])).content == SOON
    told = await asking.next_followup()
    assert told.content == SOON
    assert told.ephemeral
    assert not any(message.thinking for message in stage.by_bot())
    late = await stage.bob.say(stage.other, stage.mention("and me?"))
    assert (await stage.answer(late)).content == SOON
    late_asking = await stage.bob.slash(stage.other, "tamako ask", question="and me?")
    assert (late_asking.content, late_asking.ephemeral) == (SOON, True)
    await stream.send(" and ends.")
    await stream.finish()
    await stopping
    assert answer.content == "It begins and ends."
    assert len(stage.apis.chatbase.received) == 1
    assert [each for each in stage.by_bot(stage.general) if each.replied_to in waiting[1:]] == []


async def test_what_does_not_finish_is_marked(stage: Stage) -> None:
    stream, _, answer = await begin(stage)
    second = stage.apis.tamako.hold()
    asking = await stage.bob.slash(stage.other, "tamako ask", question="and you?")
    await second.started()
    await stage.bot.services.answering.drain(0.05)
    assert answer.content == f"It begins\n{INTERRUPTED}"
    assert below_caption(asking.content) == INTERRUPTED
    await stream.left()
    await second.left()


async def test_a_restart_remembers_what_was_finished_and_only_that(database_url: str) -> None:
    async with open_stage(database_url) as stage:
        async with stage.running():
            stage.apis.chatbase.answers("Blue.", times=1)
            await stage.ask(stage.alice, "what is your favourite colour?")
            _, _, answer = await begin(stage)
            await stage.bot.services.answering.drain(0.05)
        assert answer.content.endswith(INTERRUPTED)
        async with stage.running():
            await stage.ask(stage.alice, "are you sure?")
        sent = stage.apis.chatbase.received[-1].fields["messages"]
        assert [message["content"] for message in sent] == [  # type: ignore[attr-defined]
            "what is your favourite colour?",
            "Blue.",
            "are you sure?",
        ]


async def test_a_bot_without_anything_to_do_stops_at_once(stage: Stage) -> None:
    await stage.ask(stage.alice, "hello")
    async with asyncio.timeout(30):
        await stage.bot.services.answering.drain(60.0)
