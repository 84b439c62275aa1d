"""A successor has taken over while its predecessor finishes an answer: what people do then reaches it, or waits."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bot.answering.elsewhere import runs_elsewhere
from bot.operations.cluster import cluster
from sandbox.apis import HeldStream
from sandbox.discord import Message
from tests.e2e.answer_controls import forget
from tests.e2e.answer_steps import begin
from tests.e2e.reader import unnamed
from tests.e2e.stage import Stage, open_stage
from tests.e2e.waiting import until

ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
Begun = tuple[HeldStream, Message, Message]


@pytest.fixture
async def stage(
    database_url: str, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stage]:
    """Give a stage on which nothing waits, neither for Discord's limits nor for a look, with the bot running."""
    monkeypatch.setattr(cluster, "LOOK_WITHOUT_SIGNALS", 0.05)
    monkeypatch.setattr(runs_elsewhere, "LOOK_SECONDS", 0.05)
    async with open_stage(database_url, **environment) as opened:
        opened.drain_seconds = 60.0  # each test ends its answers sooner
        opened.hurry()
        async with opened.running():
            yield opened


@pytest.fixture
async def taken_over(stage: Stage) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Give what lets a successor take over, and returns once the first bot has left and only finishes."""
    older, successors = stage.bot, list[object]()

    async def take_over() -> None:
        running = stage.running()
        newer = await running.__aenter__()
        successors.append(running)
        await until(lambda: older.cluster.own.id in newer.cluster.finishing(stage.guild.id))
        await until(lambda: all(status.state == "left" for status in older.gateway.statuses))

    yield take_over
    for running in successors:
        await running.__aexit__(None, None, None)  # type: ignore[attr-defined]


@ON_POSTGRES
async def test_stop_reaches_the_predecessor(stage: Stage, taken_over: Callable[[], Awaitable[None]]) -> None:
    _, _, answer = await begin(stage)
    await taken_over()
    refused = await stage.bob.press(answer, "Stop")
    assert (await stage.told(refused)).content.startswith("Only the person who asked")
    assert "It begins" in answer.content
    pressed = await stage.alice.press(answer, "Stop")
    assert pressed.answered
    await stage.finished(answer)
    assert "Stopped." in answer.content
    stage.apis.chatbase.answers("Again.", times=1)
    await stage.alice.press(answer, "Retry")
    await answer.wait_until(shows="Again.")


async def test_without_signals_the_presser_is_told(stage: Stage, taken_over: Callable[[], Awaitable[None]]) -> None:
    stream, _, answer = await begin(stage)
    await taken_over()
    told = await stage.told(await stage.alice.press(answer, "Stop"))
    assert told.ephemeral
    assert told.content.startswith("I've just been restarted")
    await stream.send(" and ends.")
    await stream.finish()
    await stage.finished(answer)
    assert answer.content == "It begins and ends."


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
async def test_a_question_that_is_deleted_meanwhile_leaves_nothing(
    stage: Stage, taken_over: Callable[[], Awaitable[None]], database_url: str
) -> None:
    stream, question, answer = await begin(stage)
    await taken_over()
    await stage.alice.delete(question)
    if database_url.startswith("postgresql"):
        await stream.left()  # before another word comes
    else:
        await stream.send(" and ends.")
        await stream.finish()
    await stage.discord.wait_for(lambda: answer.deleted or None, 30)
    account = await stage.use(stage.alice, "privacy show")
    assert "It begins" not in account.content
    assert (await forget(stage, stage.alice)).content.startswith("There was nothing to delete.")


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
async def test_the_next_question_waits_for_the_first_and_knows_of_it(
    stage: Stage, taken_over: Callable[[], Awaitable[None]]
) -> None:
    stream, question, _ = await begin(stage)
    await taken_over()
    stage.apis.chatbase.answers("The second answer.")
    second = await stage.alice.say(stage.general, stage.mention("and then?"))
    assert await stage.ask(stage.bob, "may I?", stage.other)
    assert len(stage.apis.chatbase.received) == 2
    await stream.send(" and ends.")
    await stream.finish()
    assert (await stage.answer(second)).content == "The second answer."
    sent = stage.apis.chatbase.received[-1].fields["messages"]
    words = [unnamed(message["content"]) for message in sent]  # type: ignore[attr-defined]
    assert words == [unnamed(question.content.partition("> ")[2]), "It begins and ends.", "and then?"]


@ON_POSTGRES
async def test_a_question_that_is_edited_meanwhile_is_asked_again(
    stage: Stage, taken_over: Callable[[], Awaitable[None]]
) -> None:
    stream, question, answer = await begin(stage)
    await taken_over()
    stage.apis.chatbase.clear()
    stage.apis.chatbase.answers("Something new.")
    await stage.alice.edit(question, stage.mention("something else entirely"))
    await stream.left()
    await answer.wait_until(shows="Something new.")
    assert len(stage.by_bot(stage.general)) == 1


@ON_POSTGRES
async def test_a_conversation_that_is_cleared_meanwhile_does_not_get_the_answer(
    stage: Stage, taken_over: Callable[[], Awaitable[None]]
) -> None:
    stream, _, answer = await begin(stage)
    await taken_over()
    await stage.use(stage.admin, "history clear")
    await stream.send(" and ends.")
    await stream.finish()
    await stage.finished(answer)
    stage.apis.chatbase.answers("The second answer.")
    await stage.ask(stage.alice, "and then?")
    sent = stage.apis.chatbase.received[-1].fields["messages"]
    assert [unnamed(message["content"]) for message in sent] == ["and then?"]  # type: ignore[attr-defined]


@ON_POSTGRES
async def test_a_person_who_has_all_erased_meanwhile_leaves_nothing(
    stage: Stage, taken_over: Callable[[], Awaitable[None]]
) -> None:
    stream, _, answer = await begin(stage)
    await taken_over()
    await forget(stage, stage.alice)
    await stream.send(" and ends.")
    await stream.finish()
    await stage.finished(answer)
    assert (await forget(stage, stage.alice)).content.startswith("There was nothing to delete.")
