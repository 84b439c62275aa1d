"""Limits of questions in simcord's Discord: told privately, for each role, and with the old answer left in its place."""

from functools import partial

import pytest

import bot.app
from bot.limits.fair_use import FairUse
from tests.simcord.world import World

OVER = (
    "-# You've reached your limit of 1 question a day, which this server's admins set. "
    "Please ask again <t:86400:R>, when the next day begins (UTC)."
)


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no day end meanwhile."""
    monkeypatch.setattr(bot.app, "FairUse", partial(FairUse, clock=lambda: 43_200.0))


async def test_a_member_reaches_the_limit_and_somebody_with_a_role_does_not(world: World) -> None:
    regulars = world.guild.create_role("regulars")
    carol = world.guild.add_member(world.env.create_user("carol"), roles=[regulars])
    await world.use(world.admin, "settings limit", who="member", questions=1)
    told = await world.use(world.admin, "settings limit", who="role", role=regulars, exempt=True)
    assert told.ephemeral
    assert f"- Each member: 1 question a day\n- {regulars.mention}: exempt\n" in told.content
    assert (await world.ask(world.alice, "what is that?")).content
    refused = await world.alice.slash(world.general, "ask", question="and by command?")
    private = [*([refused.response] if refused.response else []), *refused.followups][-1]
    assert (private.content, private.ephemeral) == (OVER, True)
    for question in ("is it so?", "and is that so?"):
        assert (await world.ask(carol, question)).content != OVER
    assert len(world.apis.chatbase.received) == 3


async def test_a_retry_over_the_limit_leaves_the_answer_as_it_is(world: World) -> None:
    await world.use(world.admin, "settings limit", who="member", questions=1)
    answer = await world.ask(world.alice, "what is that?")
    pressed = await world.alice.click(answer, label="Retry")
    (told,) = pressed.followups
    assert (told.content, told.ephemeral) == (OVER, True)
    assert world.last().id == answer.id
    assert world.last().content == answer.content
