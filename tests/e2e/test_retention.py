"""What goes by itself: what is older than a server's time, and everything of a server that the bot was removed from."""

import asyncio
import re
import time
from typing import Any

import pytest

from sandbox.discord import BadOption, Channel, Guild
from sandbox.discord.model.interactions import InteractionType
from sandbox.discord.people.components import find_button
from sandbox.discord.people.interactions import interact
from tests.databases import find_text
from tests.e2e.chatbot_answers import offered, one_button, press_in_vain
from tests.e2e.stage import Stage, on_sqlite

DAY = 24 * 60 * 60
ADDED = "I now keep questions and answers in this server for"


def found_another(stage: Stage) -> tuple[Guild, Channel]:
    """Return a second server with the same people, and its channel."""
    guild = stage.discord.create_guild("Away", stage.admin, stage.alice, stage.bob)
    guild.add_bot(stage.app)
    return guild, guild.add_text_channel("lobby")


async def pass_days(stage: Stage, days: float) -> None:
    """Have the caretaker do a round as if `days` were over."""
    stage.bot.services.retention._clock = lambda: time.time() + days * DAY
    assert await stage.bot.services.retention.run_once()


async def shorten(stage: Stage, days: int) -> str:
    """Have the admin set a shorter time and confirm it, and return what is said then."""
    asked = await stage.use(stage.admin, "settings retention", days=days)
    assert asked.ephemeral
    await stage.told(await stage.admin.press(asked, *offered(asked)))
    return asked.content


async def kept(stage: Stage, location: Channel) -> tuple[int, ...]:
    """Return how many answers and turns of Alice's are kept of the place's server, or of direct messages."""
    here = (await stage.use(stage.alice, "privacy show", at=location)).content.splitlines()[1]
    found = re.search(r"(\d+) questions? .* (\d+) exchanges? ", here)
    assert found or "othing" in here
    return tuple(int(number) for number in found.groups()) if found else (0, 0)


async def test_each_server_keeps_what_was_said_for_its_own_time(any_stage: Stage) -> None:
    stage = any_stage
    _, lobby = found_another(stage)
    private = stage.alice.dm(stage.app)
    assert await shorten(stage, 7) == f"{ADDED} 7 days. Older ones will be deleted within the hour."
    assert "**retention**: `7 days` (set for this server)" in (await stage.use(stage.admin, "settings show")).content
    locations = (stage.general, lobby, private)
    for location in locations:
        await stage.ask(stage.alice, "will you remember this?", location)
    await pass_days(stage, 6.9)
    assert [await kept(stage, location) for location in locations] == [(1, 1), (1, 1), (1, 1)]
    await pass_days(stage, 7.1)
    assert [await kept(stage, location) for location in locations] == [(0, 0), (1, 1), (1, 1)]
    await pass_days(stage, 30.1)
    assert [await kept(stage, location) for location in locations] == [(0, 0), (0, 0), (0, 0)]


async def test_a_retention_time_goes_back_and_has_limits(stage: Stage) -> None:
    for days in (0, 366):
        with pytest.raises(BadOption):
            await stage.use(stage.admin, "settings retention", days=days)
    await shorten(stage, 1)
    shown = await stage.use(stage.alice, "privacy show")
    assert "- In this server, I delete everything older than 1 day." in shown.content
    told = await stage.use(stage.admin, "settings retention")
    assert told.content.startswith(f"{ADDED} 30 days (the default).")
    assert "older than 30 days." in (await stage.use(stage.alice, "privacy show")).content


async def test_a_shorter_time_is_set_only_when_it_is_confirmed(any_stage: Stage) -> None:
    stage = any_stage
    assert (await stage.use(stage.admin, "settings retention", days=60)).content.startswith(f"{ADDED} 60 days.")
    for number in range(2):
        await stage.ask(stage.alice, f"number {number}")
    await stage.idle()
    stage.bot.services.privacy._clock = lambda: time.time() + 8 * DAY
    for days, button, older in (
        (7, "Keep 7 days, delete the rest", "Right now, that is 2 questions with my answers, and 2 exchanges"),
        (9, "Keep 9 days, delete the rest", "Right now, nothing is that old."),
        (None, "Keep 30 days, delete the rest", "Right now, nothing is that old."),
    ):
        entered: dict[str, Any] = {} if days is None else {"days": days}
        asked = await stage.use(stage.admin, "settings retention", **entered)
        assert asked.content.startswith("I keep this server's questions and answers for 60 days. Press the button")
        assert older in asked.content
        assert offered(asked) == [button]
        assert "older than 60 days." in (await stage.use(stage.alice, "privacy show")).content
    await stage.told(await stage.admin.press(asked, *offered(asked)))
    assert asked.content.startswith(f"{ADDED} 30 days (the default).")
    assert offered(asked) == []
    assert "older than 30 days." in (await stage.use(stage.alice, "privacy show")).content


async def test_only_the_person_who_asked_confirms_and_only_with_manage_server_still(stage: Stage) -> None:
    asked = await stage.use(stage.admin, "settings retention", days=7)
    data = find_button(asked, *offered(asked))
    _, lobby = found_another(stage)
    for person, location in ((stage.bob, stage.general), (stage.admin, lobby)):
        pressed = await interact(InteractionType.COMPONENT, person, location, stage.app, data, source=asked)
        assert pressed.content.startswith("This button isn't yours.")
        assert pressed.ephemeral
    forged = data | {"custom_id": data["custom_id"].replace(str(stage.admin.id), str(stage.bob.id))}
    pressed = await interact(InteractionType.COMPONENT, stage.bob, stage.general, stage.app, forged, source=asked)
    assert pressed.content == "You need **Manage Server** for that. Nothing was changed."
    assert "older than 30 days." in (await stage.use(stage.alice, "privacy show")).content


@pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")
async def test_everything_of_a_server_goes_when_the_bot_is_removed(stage: Stage, erased: asyncio.Queue[int]) -> None:
    away, lobby = found_another(stage)
    await stage.use(stage.admin, "settings prefix", at=lobby, value="hey.")
    for location in (stage.general, lobby):
        await stage.ask(stage.alice, "will you remember this?", location)
    away.remove(stage.app.bot)
    assert await asyncio.wait_for(erased.get(), 30) == away.id
    assert await kept(stage, stage.general) == (1, 1)
    away.add_bot(stage.app)
    assert await kept(stage, lobby) == (0, 0)
    assert "**prefix**: `!` (default)" in (await stage.use(stage.admin, "settings show", at=lobby)).content
    await stage.answer(await stage.alice.say(lobby, "!ask and now?"))
    assert stage.apis.chatbase.received[-1].question == "and now?"
    await pass_days(stage, 0.1)
    assert await kept(stage, lobby) == (1, 1), "a server that the bot is in again is left alone"


@pytest.mark.environment(DEFAULT_PROVIDER="chatbot")
async def test_what_buttons_say_goes_with_the_server(any_stage: Stage, erased: asyncio.Queue[int]) -> None:
    stage = any_stage
    away, lobby = found_another(stage)
    stage.apis.chatbot.answers(one_button("marmalade"), times=1)
    offer = await stage.ask(stage.alice, "what is there?", lobby)
    stage.apis.chatbot.answers(one_button("gooseberry"), times=1)
    stays = await stage.ask(stage.alice, "what is there?")
    await stage.idle()
    away.remove(stage.app.bot)
    assert await asyncio.wait_for(erased.get(), 30) == away.id
    assert await find_text(stage.database, "marmalade") == set()
    away.add_bot(stage.app)
    await press_in_vain(stage, offer)
    await stage.told(await stage.bob.press(stays, "Yes"))
    assert stage.apis.chatbot.received[-1].question == "gooseberry"


@pytest.mark.environment(DEFAULT_PROVIDER="chatbot")
async def test_buttons_work_for_as_long_as_their_answer_is_kept(any_stage: Stage) -> None:
    stage = any_stage
    await stage.use(stage.admin, "settings retention", days=120)
    stage.apis.chatbot.answers(one_button("marmalade"), times=1)
    offer = await stage.ask(stage.alice, "what is there?")
    await stage.idle()
    await pass_days(stage, 119)
    await stage.told(await stage.bob.press(offer, "Yes"))
    assert stage.apis.chatbot.received[-1].question == "marmalade"
    await stage.idle()
    await pass_days(stage, 121)
    assert await find_text(stage.database, "marmalade") == set()
    await press_in_vain(stage, offer)


async def test_an_outage_is_no_removal(stage: Stage, erased: asyncio.Queue[int]) -> None:
    await stage.ask(stage.alice, "will you remember this?")
    stage.guild.break_down()
    stage.guild.recover()
    assert await kept(stage, stage.general) == (1, 1)
    assert erased.empty()


@on_sqlite
async def test_a_removal_while_the_bot_was_away_is_found_at_the_next_start(
    resting_stage: Stage, erased: asyncio.Queue[int]
) -> None:
    stage = resting_stage
    away, lobby = found_another(stage)
    async with stage.running():
        for location in (stage.general, lobby):
            await stage.ask(stage.alice, "will you remember this?", location)
    away.remove(stage.app.bot)
    async with stage.running():
        assert await asyncio.wait_for(erased.get(), 30) == away.id
        assert await kept(stage, stage.general) == (1, 1)
        away.add_bot(stage.app)
        assert await kept(stage, lobby) == (0, 0)
    assert erased.empty()


@on_sqlite
async def test_a_server_is_not_erased_for_being_missing_alone(resting_stage: Stage, erased: asyncio.Queue[int]) -> None:
    stage = resting_stage
    away, lobby = found_another(stage)
    async with stage.running():
        await stage.ask(stage.alice, "will you remember this?", lobby)
    away.remove(stage.app.bot)
    # Not what Discord answers about a server that the bot is not in.
    stage.discord.fail_next("GET", "/guilds/{guild_id}", 403, 20001)
    async with stage.running():
        assert [each.status for each in stage.discord.requests if each.route == "/guilds/{guild_id}"] == [403]
        away.add_bot(stage.app)
        assert await kept(stage, lobby) == (1, 1)
    assert erased.empty()
