"""The host's limit for questions that are asked with the host's credentials, and what lifts it."""

import pytest

from tests.e2e.answer_controls import told_alone
from tests.e2e.limit_steps import (
    DAY,
    HOUR_OVER,
    MIDNIGHT,
    Clock,
    is_answered,
    limit,
    server_with,
    set_by_hand,
    try_to_ask,
)
from tests.e2e.setup_cards import KEY
from tests.e2e.stage import Stage


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Give the clock that limits are counted by."""
    return set_by_hand(monkeypatch)


@pytest.mark.environment(SHARED_LIMIT="2")
async def test_the_hosts_limit_holds_for_a_person_everywhere_and_for_each_server(stage: Stage, clock: Clock) -> None:
    stage.hurry()
    _, lobby = server_with(stage, stage.alice, stage.bob)
    dm = stage.alice.dm(stage.app)
    for place in (lobby, dm):
        assert (await stage.ask(stage.alice, "is it so?", place)).content
    ends = f"Please ask again <t:{MIDNIGHT + DAY}:R>, when the next day begins (UTC)."
    theirs = f"-# You've reached the limit of 2 questions a day, which the bot's host set for each person. {ends}"
    assert await told_alone(stage, await stage.alice.slash(stage.general, "ask", question="and here?")) == theirs
    question = await stage.alice.say(dm, "and in private?")
    assert (await stage.answer(question)).content == theirs
    assert (await stage.ask(stage.bob, "and I?", lobby)).content
    question = await stage.bob.say(lobby, stage.mention("and once more?"))
    assert (await stage.answer(question)).content == (
        f"-# This server has reached the limit of 2 questions a day, which the bot's host set for each server. {ends}"
    )
    assert (await stage.ask(stage.bob, "and at home?")).content
    clock.now += DAY
    assert (await stage.ask(stage.alice, "and tomorrow?", dm)).content


@pytest.mark.environment(SHARED_LIMIT="1", SECRET_KEY=KEY)
async def test_a_server_lifts_the_hosts_limit_with_credentials_of_its_own_and_not_its_admins(stage: Stage) -> None:
    stage.hurry()
    lifts = " An admin can lift this limit with `/setup`: it doesn't hold for a chatbot of the server's own."
    dm = stage.alice.dm(stage.app)
    assert (await stage.ask(stage.alice, "is it so?")).content
    (told,) = await try_to_ask(stage, stage.alice)
    assert told.startswith("-# You've reached the limit of 1 question a day, which the bot's host set")
    assert told.endswith(lifts)
    environment = stage.apis.environment()
    fields = {name: environment[f"CHATBASE_{name.upper()}"] for name in ("api_key", "chatbot_id")}
    await stage.bot.services.credentials.save(stage.guild.id, "chatbase", fields, stage.admin.id)
    assert [await is_answered(stage, stage.alice) for _ in range(2)] == [True, True]
    told = await told_alone(stage, await stage.alice.slash(dm, "ask", question="and in private?"))
    assert "which the bot's host set" in told
    assert lifts not in told, "nothing lifts it there"
    await limit(stage, "member", 1)
    assert await is_answered(stage, stage.alice), "now it counts"
    assert await try_to_ask(stage, stage.alice) == [HOUR_OVER]


@pytest.mark.environment(SHARED_LIMIT="2", SECRET_KEY=KEY)
async def test_a_server_whose_own_credentials_never_work_falls_back_to_the_hosts_no_more_than_the_host_allows(
    stage: Stage,
) -> None:
    stage.hurry()
    fields = {"api_key": "no-such-key", "chatbot_id": stage.apis.chatbase.chatbot_id}
    await stage.bot.services.credentials.save(stage.guild.id, "chatbase", fields, stage.admin.id)
    await stage.bot.services.settings.save("server", stage.guild.id, stage.guild.id, "fallback", "tamako,stammer")
    for _ in range(2):
        assert (await stage.ask(stage.alice, "is it so?")).content.endswith(", so Tamako answered.")
    (told,) = await try_to_ask(stage, stage.alice)
    assert "answered." not in told
    assert "`/setup`" in told
    assert (len(stage.apis.tamako.received), stage.apis.stammer.received) == (2, [])
