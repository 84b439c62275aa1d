"""Pins and slow mode, each with a permission of its own."""

import pytest

from sandbox.discord import Discord, NotPossible, Permission
from sandbox.discord.model.permissions import EVERYTHING
from tests.sandbox.discord.clients import Rest
from tests.sandbox.discord.conftest import Connect, Home


@pytest.mark.parametrize("pins", ["messages/pins", "pins"])
async def test_pinning_has_a_permission_of_its_own(home: Home, rest: Rest, connect: Connect, pins: str) -> None:
    said = await home.bob.say(home.general, "the rules")
    path = f"/channels/{home.general.id}/{pins}"
    home.general.overwrite(home.app.bot, allow=Permission.MANAGE_MESSAGES)
    assert (await rest("PUT", f"{path}/{said.id}")).code == 50013
    home.general.overwrite(home.app.bot, allow=Permission.PIN_MESSAGES)
    async with connect() as socket:
        await socket.ready(home.app.token)
        assert (await rest("PUT", f"{path}/{said.id}")).status == 204
        assert (await socket.event("CHANNEL_PINS_UPDATE"))["last_pin_timestamp"] is not None
    listed = (await rest("GET", path)).body
    message = listed["items"][0]["message"] if pins == "messages/pins" else listed[0]
    assert (message["id"], message["pinned"]) == (str(said.id), True)
    assert (await rest("DELETE", f"{path}/{said.id}")).status == 204
    listed = (await rest("GET", path)).body
    assert listed in ([], {"items": [], "has_more": False})


async def test_people_pin_with_the_same_permission_and_in_direct_messages(home: Home) -> None:
    said = await home.bob.say(home.general, "the rules")
    home.general.overwrite(home.bob, allow=Permission.MANAGE_MESSAGES)
    with pytest.raises(NotPossible):
        await home.bob.pin(said)
    home.general.overwrite(home.bob, allow=Permission.PIN_MESSAGES)
    await home.bob.pin(said)
    await home.bob.pin(await home.bob.say(home.bob.dm(home.alice), "lunch"))


async def test_at_most_250_pins(home: Home, rest: Rest) -> None:
    home.general.overwrite(home.app.bot, allow=Permission.PIN_MESSAGES)
    for number in range(250):
        home.general.pins[number] = "2026-01-01T00:00:00+00:00"
    said = await home.bob.say(home.general, "one more")
    assert (await rest("PUT", f"/channels/{home.general.id}/messages/pins/{said.id}")).code == 30003


async def test_slow_mode_holds_up_people_but_no_bot_and_none_who_may_bypass_it(
    home: Home, rest: Rest, discord: Discord
) -> None:
    path = f"/channels/{home.general.id}"
    home.general.slow_mode = 30
    assert (await rest("GET", path)).body["rate_limit_per_user"] == 30
    for _ in range(2):
        assert (await rest("POST", f"{path}/messages", {"content": "a"})).status == 200
        await home.alice.say(home.general, "I own the place")
    await home.bob.say(home.general, "one")
    with pytest.raises(NotPossible, match="slow mode"):
        await home.bob.say(home.general, "two")
    discord.advance(31)
    await home.bob.say(home.general, "two")
    home.general.overwrite(home.bob, allow=Permission.MANAGE_MESSAGES)
    with pytest.raises(NotPossible, match="slow mode"):
        await home.bob.say(home.general, "three")
    home.general.overwrite(home.bob, allow=Permission.BYPASS_SLOWMODE)
    await home.bob.say(home.general, "three")


def test_every_bit_of_the_reference_is_there() -> None:
    """All bits up to 52 but 47, which Discord does not document."""
    assert int(EVERYTHING) == (1 << 53) - 1 - (1 << 47)
