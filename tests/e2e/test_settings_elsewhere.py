"""Two processes on one PostgreSQL: what is set at one counts at the other at once."""

from collections.abc import AsyncIterator, Sequence

import pytest

from bot.app import App
from bot.domain.question import Location
from bot.domain.settings.server_settings import AUTO_REPLY, ON
from tests.e2e.answer_controls import forget
from tests.e2e.setup_cards import WITHOUT
from tests.e2e.stage import Stage
from tests.e2e.waiting import until

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
async def bots(stage: Stage) -> AsyncIterator[Sequence[App]]:
    """Run another bot with the same token and database on the stage."""
    stage.hurry()
    older = stage.bot
    async with stage.running() as newer:
        yield older, newer


async def test_settings_and_an_opt_out_are_seen_by_the_other(stage: Stage, bots: Sequence[App]) -> None:
    here, there = (bot.services.settings for bot in bots)
    place = Location(stage.general.id, stage.general.id, stage.guild.id)
    await here.save("server", stage.guild.id, stage.guild.id, "prefix", "?")
    await here.save("channel", stage.guild.id, stage.general.id, AUTO_REPLY, ON)
    await until(lambda: there.auto_reply(place) and there.prefix(stage.guild.id) == "?")
    await there.save_opt_out(stage.alice.id, out=True)
    await until(lambda: here.opted_out(stage.alice.id))
    await there.save("channel", stage.guild.id, stage.general.id, AUTO_REPLY, None)
    await until(lambda: not here.auto_reply(place))


async def test_a_server_whose_data_is_erased_is_dropped_by_both(stage: Stage, bots: Sequence[App]) -> None:
    here, there = (bot.services.settings for bot in bots)
    gone, own = 4711, stage.app.id
    await bots[0].services.retention.note_guilds(own, [gone])
    await here.save("server", gone, gone, "prefix", "?")
    await until(lambda: there.prefix(gone) == "?")
    await bots[0].services.retention.left(own, gone)
    await until(lambda: there.prefix(gone) == here.prefix(gone) == "!")


async def test_what_one_forgets_the_other_forgets_too(stage: Stage, bots: Sequence[App]) -> None:
    forgotten = list[int]()

    async def on_forget(person: int) -> None:
        forgotten.append(person)

    for bot in bots:
        bot.add_listener(on_forget, "on_forget")
    await forget(stage, stage.alice)
    await until(lambda: len(forgotten) >= 2)
    assert {*forgotten} == {stage.alice.id}


@pytest.mark.environment(**WITHOUT)
async def test_credentials_are_read_for_each_question_and_new_ones_have_no_outages(
    stage: Stage, bots: Sequence[App]
) -> None:
    here, there = (bot.services for bot in bots)
    place = Location(stage.general.id, stage.general.id, stage.guild.id)
    fields = {"api_key": "first key of a server", "chatbot_id": "chatbot"}
    await there.credentials.save(stage.guild.id, "chatbase", fields, stage.admin.id)
    config = await here.settings.answer_config(place)
    assert config.provider.name == "chatbase"
    breaker = here.answering.breaker
    while permit := breaker.permit(config.credential_id):
        permit.end(is_up=False)
    await there.credentials.save(stage.guild.id, "chatbase", fields | {"api_key": "second key"}, stage.admin.id)
    renewed = await here.settings.answer_config(place)
    assert breaker.permit(config.credential_id) is None
    assert breaker.status(renewed.credential_id) is None
    await there.credentials.remove(stage.guild.id, "chatbase")
    assert "chatbase" not in (await here.settings.available(place)).providers
