"""Two processes with one token and one database that both hear of every event: each question is answered once.

That is so for a moment, while one takes over from the other; here the older one is kept from leaving. They are two bots
in one process; `tests/process/` has real ones.
"""

import logging
from collections.abc import AsyncIterator, Sequence

import pytest

from bot.app import App
from bot.domain.question import Location
from sandbox.discord import Message
from sandbox.discord.people.components import button_names
from tests.e2e.answer_steps import begin
from tests.e2e.reader import below_caption, words
from tests.e2e.setup_cards import WITHOUT, chatbase, choose, open_card, press, send
from tests.e2e.stage import Stage


@pytest.fixture
async def bots(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sequence[App]]:
    """Run another bot with the same token and database on the stage; give both, the older one first."""

    async def stay(_: int) -> None:
        """Leave no shard."""

    stage.hurry()
    older = stage.bot
    monkeypatch.setattr(older.gateway, "leave", stay)
    async with stage.running() as newer:
        yield older, newer


async def idle(bots: Sequence[App]) -> None:
    for bot in bots:
        await bot.services.answering.active_runs.idle()


def own(stage: Stage) -> list[Message]:
    channels = (stage.general, stage.other, stage.alice.dm(stage.app))
    return [message for channel in channels for message in stage.by_bot(channel)]


async def test_mentions_and_commands_are_answered_once(stage: Stage, bots: Sequence[App]) -> None:
    for number in range(4):
        stage.apis.chatbase.answers(f"Answer {number}.", times=1)
        await stage.ask(stage.alice, f"question {number}")
        stage.apis.chatbase.answers(f"Answer {number} to the command.", times=1)
        await stage.use(stage.bob, "ask", at=stage.other, question=f"question {number}")
    await idle(bots)
    assert len(own(stage)) == 8
    assert len(stage.apis.chatbase.received) == 8


async def test_all_that_both_hear_is_answered_by_the_older(stage: Stage, bots: Sequence[App]) -> None:
    older, newer = bots
    stage.apis.chatbase.answers("An answer.")
    asked = [await stage.alice.say(stage.general, stage.mention(f"question {number}")) for number in range(5)]
    for question in asked:
        assert words(await stage.answer(question)) == "An answer."
    await stage.use(stage.bob, "ask", at=stage.other, question="and to a command?")
    await idle(bots)
    assert older.services.answering.provider_health.latest
    assert not newer.services.answering.provider_health.latest


async def test_buttons_reach_the_process_that_is_at_the_answer(stage: Stage, bots: Sequence[App]) -> None:
    for _ in range(2):
        _, _, answer = await begin(stage)
        await stage.alice.press(answer, "Stop")
        await stage.finished(answer)
        assert "Stopped." in answer.content
        stage.apis.chatbase.answers("Again.", times=1)
        await stage.alice.press(answer, "Retry")
        await answer.wait_until(shows="Again.")
        await idle(bots)
    assert [message.content for message in own(stage)] == ["Again."] * 2


async def test_a_refused_command_is_refused_once(stage: Stage, bots: Sequence[App]) -> None:
    said = await stage.use(stage.alice, "stammer ask", question="x" * 5000)
    await idle(bots)
    assert "5000 characters" in said.content
    assert own(stage) == [said]


async def test_a_process_that_stops_leaves_questions_to_the_one_that_stays(stage: Stage, bots: Sequence[App]) -> None:
    await bots[0].services.answering.drain(1)
    stage.apis.chatbase.answers("An answer.")
    await stage.ask(stage.alice, "are you there?")
    command = await stage.use(stage.bob, "ask", at=stage.other, question="and now?")
    await idle(bots)
    assert [words(message) for message in own(stage)] == ["An answer."] * 2
    assert below_caption(command.content) == "An answer."


async def test_a_server_is_welcomed_once_and_each_press_acts_once(
    stage: Stage, bots: Sequence[App], caplog: pytest.LogCaptureFixture
) -> None:
    guild = stage.discord.create_guild("Elsewhere", stage.admin, stage.alice)
    lobby = guild.add_text_channel("lobby")
    guild.add_bot(stage.app)
    (welcome,) = await stage.discord.wait_for(lambda: stage.by_bot(lobby) or None)
    answer = await stage.told(await stage.alice.submit(await stage.alice.press(welcome, "Try it")))
    await idle(bots)
    assert answer.content.startswith("-# Alice asked: ")
    assert len(stage.apis.chatbase.received) == 1
    card = await stage.told(await stage.admin.press(welcome, "Choose who answers"))
    await stage.admin.choose(card, "Choose who answers", "Tamako")
    await stage.discord.wait_for(lambda: welcome.deleted or None)
    assert [message for message in stage.by_bot(lobby) if not message.ephemeral] == [answer]
    assert not [record for record in caplog.records if record.levelno > logging.INFO]
    for bot in bots:
        config = await bot.services.settings.answer_config(Location(lobby.id, lobby.id, guild.id))
        assert config.provider.name == "tamako"


ONCE: Sequence[tuple[str, dict[str, object]]] = (
    ("help", {}),
    ("doctor", {}),
    ("usage", {}),
    ("settings show", {}),
    ("settings provider", {"provider": "tamako"}),
    ("settings retention", {"days": 200}),
    ("settings prefix", {"value": "%"}),
    ("history show", {}),
    ("history clear", {}),
    ("privacy show", {}),
    ("privacy export", {}),
    ("privacy opt-out", {"on": False}),
)


async def test_every_command_is_answered_once(stage: Stage, bots: Sequence[App]) -> None:
    for command, options in ONCE:
        used = await stage.admin.slash(stage.general, command, **options)  # type: ignore[arg-type]
        await stage.told(used)
        assert len(used.followups) <= 1, command
    offered = await stage.admin.autocomplete(stage.general, "settings provider", "provider", "chatb")
    assert offered
    asked = await stage.use(stage.admin, "privacy forget")
    await stage.admin.press(asked, *button_names(asked))
    await stage.discord.wait_for(lambda: asked if asked.content.startswith(("Deleted", "There was")) else None)
    await idle(bots)
    assert not stage.log.events("bot", logging.WARNING)


@pytest.mark.environment(**WITHOUT)
async def test_a_card_of_setup_acts_once_whichever_process_answers_a_press(stage: Stage, bots: Sequence[App]) -> None:
    card = await choose(stage, await open_card(stage), "Chatbase")
    asked = len(stage.apis.chatbase.received)
    card = await send(stage, card, await stage.admin.press(card, "Enter values"), chatbase(stage))
    assert card.content.startswith("✅")
    assert len(stage.apis.chatbase.received) == asked + 1, "the values are tried once"
    card = await press(stage, await press(stage, card, "Remove"), "Remove")
    assert card.content.startswith("I removed this server's values for **Chatbase**.")
    await idle(bots)
    assert own(stage) == [card]
