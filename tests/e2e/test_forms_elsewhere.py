"""Forms that one process opened and another one gets: all that is needed is in their ids, in Discord or stored."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from typing import Any

import pytest

from bot.app import App
from bot.discord.asking_about import open_forms, target
from sandbox.discord import Message
from sandbox.discord.model.interactions import InteractionType
from sandbox.discord.model.permissions import Permission
from sandbox.discord.people.forms import fill_form
from sandbox.discord.people.interactions import interact
from tests.e2e.chatbot_answers import offered
from tests.e2e.reader import unnamed
from tests.e2e.stage import Stage, on_sqlite
from tests.e2e.welcomes import DONE, channel_of, found, welcome

MENU = "Ask about this"
FORGOTTEN = "I no longer know which message this was about. Please open **Ask about this** again."
READS_ALL = pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")

Handover = Callable[[], Awaitable[App]]


@pytest.fixture
async def handover(resting_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Handover]:
    """Run a bot on the stage, and give what ends it and runs the next one."""
    monkeypatch.setattr(target, "ELSEWHERE_SECONDS", 0.0)
    async with AsyncExitStack() as last:
        first = await last.enter_async_context(AsyncExitStack())
        await first.enter_async_context(resting_stage.running())

        async def hand_over() -> App:
            await first.aclose()
            return await last.enter_async_context(resting_stage.running())

        yield hand_over


def questions(stage: Stage) -> Sequence[str]:
    return [unnamed(each.question) for each in stage.apis.chatbase.received]


@READS_ALL
@on_sqlite
async def test_a_form_about_a_message_is_answered_by_the_next_process(resting_stage: Stage, handover: Handover) -> None:
    stage = resting_stage
    said = await stage.alice.say(stage.general, "the moon is made of cheese")
    form, empty = [await stage.bob.use_menu(said, MENU) for _ in range(2)]
    assert form.modal is not None
    assert len(form.modal["custom_id"]) <= 100
    await handover()
    answer = await stage.told(await stage.bob.submit(form, {"Question": "is it?"}))
    assert not answer.ephemeral
    assert answer.content.startswith(f"-# Bob asked about https://discord.com/channels/{stage.guild.id}/")
    await stage.alice.edit(said, "the moon is made of stone")
    await stage.told(await stage.bob.submit(empty))
    assert questions(stage) == [
        "Alice wrote:\n> the moon is made of cheese\n\nis it?",
        "the moon is made of stone",
    ]
    again = await stage.bob.submit(form, {"Question": "is it?"})
    assert (again.content, again.ephemeral) == (FORGOTTEN, True)


@on_sqlite
async def test_what_discord_shows_without_the_intent(resting_stage: Stage, handover: Handover) -> None:
    """Direct messages, the bot's own words, and what mentions it; of anything else the form knows no more."""
    stage = resting_stage
    dm = await stage.bob.say(stage.bob.dm(stage.app), "is the sun made of butter?")
    mention = await stage.alice.say(stage.general, stage.mention("is the moon made of cheese?"))
    own = await stage.answer(mention)
    hidden = await stage.alice.say(stage.general, "the sea is made of soup")
    for message in (dm, mention, own, hidden):
        await stage.idle()
        assert message.author
    forms = [await stage.bob.use_menu(each, MENU) for each in (dm, mention, own, hidden)]
    await handover()
    told = [await stage.told(await stage.bob.submit(form, {"Question": "is it so?"})) for form in forms]
    assert [each.content == FORGOTTEN for each in told] == [False, False, False, True]
    assert told[3].ephemeral
    assert "the sea is made of soup" not in "\n".join(questions(stage))
    assert "> is the moon made of cheese?" in "\n".join(questions(stage))


REFUSED = ["deleted", "its author opted out", "without its history", "too old"]


@READS_ALL
@on_sqlite
@pytest.mark.parametrize("why", REFUSED)
async def test_what_the_next_process_may_not_read(
    resting_stage: Stage, handover: Handover, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    stage = resting_stage
    said = await stage.alice.say(stage.general, "the moon is made of cheese")
    form = await stage.bob.use_menu(said, MENU)
    if why == "its author opted out":
        await stage.use(stage.alice, "privacy opt-out")
    await handover()
    match why:
        case "deleted":
            await stage.alice.delete(said)
        case "without its history":
            stage.general.overwrite(stage.guild.everyone, deny=Permission.READ_MESSAGE_HISTORY)
            stage.general.overwrite(stage.app.bot, allow=Permission.READ_MESSAGE_HISTORY)
        case "too old":
            monkeypatch.setattr(open_forms, "KEPT_SECONDS", 0.0)
    told = await stage.told(await stage.bob.submit(form))
    assert told.ephemeral
    begins = "I don't pass that person's messages on" if why == "its author opted out" else FORGOTTEN
    assert told.content.startswith(begins)
    assert not stage.apis.chatbase.received


@READS_ALL
@on_sqlite
async def test_a_forged_form_reads_nothing_that_its_sender_may_not_see(
    resting_stage: Stage, handover: Handover
) -> None:
    stage = resting_stage
    hidden = stage.guild.add_text_channel("hidden")
    hidden.overwrite(stage.guild.everyone, deny=Permission.VIEW_CHANNEL)
    hidden.overwrite(stage.app.bot, allow=Permission.VIEW_CHANNEL)
    secret = await stage.admin.say(hidden, "the vault is made of tin")
    elsewhere = stage.discord.create_guild("Elsewhere", stage.admin).add_text_channel("there")
    foreign = await stage.admin.say(elsewhere, "the tower is made of sand")
    said = await stage.alice.say(stage.general, "the moon is made of cheese")
    form = await stage.bob.use_menu(said, MENU)
    assert form.modal is not None
    opened, bob, here = form.id, stage.bob.id, stage.general.id
    await handover()
    forged = [
        (stage.alice, f"about:{opened}:{bob}:{here}:{said.id}"),
        *((stage.bob, f"about:{opened}:{bob}:{message.channel.id}:{message.id}") for message in (secret, foreign)),
        *(
            (stage.bob, f"about:{opened + number}:{bob}:{here}:{each.id}")
            for number, each in enumerate((secret, foreign))
        ),
        (stage.bob, f"about:{opened}"),
        (stage.bob, f"about:{'9' * 20}:{bob}:{here}:{said.id}"),
        (stage.bob, f"about:{opened + 5}:{bob}:{here}:{'9' * 20}"),
    ]
    for person, custom_id in forged:
        data = fill_form(form.modal | {"custom_id": custom_id}, {}, stage.general).data
        sent = await interact(InteractionType.MODAL, person, stage.general, stage.app, data, parent=form)
        assert (sent.content, sent.ephemeral) == (FORGOTTEN, True)
    assert not stage.apis.chatbase.received


@READS_ALL
@on_sqlite
async def test_two_processes_at_once_answer_a_form_once(resting_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both hear of a form that is sent until the older one has left; one of them may be unable to read its message."""
    stage = resting_stage
    monkeypatch.setattr(target, "ELSEWHERE_SECONDS", 0.0)
    answered = asyncio.Event()

    async def read_in_vain(_: float, request: Coroutine[Any, Any, object]) -> None:
        request.close()
        await answered.wait()
        raise TimeoutError

    async def stay(_: int) -> None:
        """Leave no shard."""

    async with stage.running() as older:
        monkeypatch.setattr(older.gateway, "leave", stay)
        said = await stage.alice.say(stage.general, "the moon is made of cheese")
        forms = [await stage.bob.use_menu(said, MENU) for _ in range(2)]
        async with stage.running() as newer:
            await stage.told(await stage.bob.submit(forms[0]))
            monkeypatch.setattr(newer.requests.trace, "within", read_in_vain)
            await stage.told(await stage.bob.submit(forms[1]))
            answered.set()
    assert questions(stage) == ["the moon is made of cheese"] * 2
    answers = [each for each in stage.by_bot() if each.content.startswith("-# Bob asked about ")]
    assert len(answers) == 2


@on_sqlite
async def test_every_form_and_card_that_one_process_opened_works_at_the_next(
    resting_stage: Stage, handover: Handover
) -> None:
    """`tests/e2e/test_setup_faults.py` has the card of `/setup`, `test_agents.py` what chatbots suggest."""
    stage = resting_stage
    guild = found(stage)
    guild.add_bot(stage.app)
    shown = await welcome(stage, guild)
    first_question = await stage.alice.press(shown, "Try it")
    who = await stage.told(await stage.admin.press(shown, "Choose who answers"))
    where = await stage.told(await stage.admin.press(shown, "Where may I answer"))
    checked = await stage.told(await stage.admin.press(shown, "Check"))
    shorter = await stage.use(stage.admin, "settings retention", days=7)
    answer = await stage.ask(stage.bob, "what is new?")
    others = await stage.told(await stage.bob.press(answer, "Ask another"))
    forget = await stage.use(stage.alice, "privacy forget")
    await handover()
    stage.apis.tamako.answers("Tamako's view.")
    asked = await stage.told(await stage.alice.submit(first_question))
    assert asked.content.startswith("-# Alice asked: ")
    await stage.admin.choose(where, "Only in these channels", channel_of(guild, "talk"))
    await changes(stage, where, "I answer only in")
    await stage.admin.choose(who, "Choose who answers", "Tamako")
    await changes(stage, who, "**Tamako** now answers")
    await stage.admin.press(shorter, *offered(shorter))
    await changes(stage, shorter, "I now keep")
    await stage.bob.press(others, "Tamako")
    await answer.wait_until(shows="Tamako's view.")
    await stage.alice.press(forget, *offered(forget))
    await changes(stage, forget, "Deleted: ")
    told = await stage.told(await stage.admin.press(checked, DONE))
    assert told.content.startswith(("I deleted the welcome message.", "Discord didn't"))
    await stage.idle()
    assert not stage.log.events("bot", logging.WARNING)


async def changes(stage: Stage, message: Message, begins: str) -> None:
    """Wait until a private message begins like this."""
    try:
        await stage.discord.wait_for(lambda: message if message.content.startswith(begins) else None, 5)
    except TimeoutError:
        raise AssertionError(message.content) from None
