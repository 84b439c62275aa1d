"""What a kill left half-done in places that the bot can hardly write to, or no longer: tried once, and said."""

import pytest

from sandbox.discord import Permission
from sandbox.environment import Environment
from tests.process.process_harness import ProcessHarness, saved, settled

LATER = 15 * 60 + 1
"""Seconds after which Discord knows an interaction's token no more."""

OUT_OF_REACH = "can no longer be reached"

pytestmark = pytest.mark.timeout(90)


async def test_a_start_after_the_tokens_time(env: Environment) -> None:
    await env.start_bot()
    harness = ProcessHarness(env)
    by_command, forbidden = harness.channel(slash=True), harness.channel(slash=False)
    user_install, gone = harness.user_install(), harness.channel(slash=False)
    for scenario in harness.scenarios:
        await scenario.begin()
    await saved(env, len(harness.scenarios))
    await harness.kill()
    env.discord.advance(LATER)
    # Without this the bot can read nothing, and write all the same.
    forbidden.place.overwrite(env.app.bot, deny=Permission.READ_MESSAGE_HISTORY)
    gone.place.delete()
    await env.start_bot()
    await harness.is_truthful([by_command, forbidden])
    await settled(env)
    assert env.bot is not None
    assert sum(OUT_OF_REACH in line for line in env.bot.out) == 2
    assert "begins" in user_install.text  # it stands as it was: nobody but the token's bearer could change it
