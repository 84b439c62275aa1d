"""Limits of questions in simcord's Discord: told privately, and the old answer is left in its place."""

from functools import partial

import pytest

import bot.app.assembly
from bot.limits.fair_use import FairUse
from tests.simcord.world import World

OVER = (
    "-# You've reached your limit of 1 question a day, which this server's admins set. "
    "Please ask again <t:86400:R>, when the next day begins (UTC)."
)


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no day end meanwhile."""
    monkeypatch.setattr(bot.app.assembly, "FairUse", partial(FairUse, clock=lambda: 43_200.0))


async def test_somebody_over_the_limit_is_told_alone_and_an_exempt_role_asks_on(world: World) -> None:
    regulars = world.guild.create_role("regulars")
    carol = world.guild.add_member(world.env.create_user("carol"), roles=[regulars])
    await world.use(world.admin, "settings limit", who="member", questions=1)
    told = await world.use(world.admin, "settings limit", who="role", role=regulars, exempt=True)
    assert told.ephemeral
    assert f"- Each member: 1 question a day\n- {regulars.mention}: exempt\n" in told.content
    answer = await world.ask(world.alice, "what is that?")
    (refused,) = (await world.alice.click(answer, label="Retry")).followups
    assert (refused.content, refused.ephemeral) == (OVER, True)
    assert (world.last().id, world.last().content) == (answer.id, answer.content)
    for question in ("is it so?", "and is that so?"):
        assert (await world.ask(carol, question)).content
    assert len(world.apis.chatbase.received) == 3
