"""Which messages may be answered where a server limits that, also if discord.py does not know the channel yet."""

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.discord.interactions import Refused
from bot.discord.reading.admission import Admission, existing_roles
from bot.domain.access import EVERYBODY, Access
from bot.domain.question import Location
from bot.domain.settings.server_settings import ALL, EXCEPT, ONLY, Reach

SERVER, LISTED_CHANNEL, OTHER_CHANNEL, UNKNOWN = 7, 10, 11, 99


class Settings:
    """The limits of one server: `LISTED_CHANNEL` is on its list."""

    def __init__(self, mode: str) -> None:
        self._mode = mode

    def opted_out(self, person: int) -> bool:
        """Return whether it is person 3."""
        return person == 3

    def reach(self, location: Location) -> Reach:
        """Return whether the bot answers in a place."""
        if location.server is None:
            return Reach()
        return Reach.of(self._mode, None, listed=location.settings_channel == LISTED_CHANNEL)

    def limits_roles(self, location: Location) -> bool:
        """Return False."""
        return False


def message(channel: object) -> discord.Message:
    """Return a message whose server discord.py may not have received yet."""
    author = SimpleNamespace(id=1, roles=[])
    return cast("discord.Message", SimpleNamespace(channel=channel, guild=None, author=author))


def unknown(identity: int, server: int | None = SERVER) -> discord.PartialMessageable:
    """Return a channel or thread that discord.py does not know."""
    return discord.PartialMessageable(cast("Any", None), identity, server)


@pytest.mark.parametrize(
    ("mode", "channel", "heard"),
    [
        (ALL, unknown(UNKNOWN), True),
        (ONLY, unknown(LISTED_CHANNEL), True),
        (ONLY, unknown(UNKNOWN), False),
        (EXCEPT, unknown(UNKNOWN), False),
        (EXCEPT, unknown(LISTED_CHANNEL), False),
        (EXCEPT, unknown(UNKNOWN, None), True),
        (EXCEPT, SimpleNamespace(id=OTHER_CHANNEL, guild_id=SERVER), True),
        (EXCEPT, SimpleNamespace(id=LISTED_CHANNEL, guild_id=SERVER), False),
    ],
)
def test_a_channel_that_is_not_known_may_be_a_thread_of_one_that_is_excepted(
    mode: str, channel: object, heard: bool
) -> None:
    assert Admission(Settings(mode)).hears(message(channel)) is heard


def not_sent() -> discord.Guild:
    """Return a server of which Discord has sent nothing yet, or never does."""
    state: Any = SimpleNamespace(
        shard_count=None,
        cache_guild_expressions=False,
        self_id=2,
        member_cache_flags=discord.MemberCacheFlags.none(),
        store_user=lambda data: SimpleNamespace(id=int(data["id"])),
    )
    return discord.Guild(data=cast("Any", {"id": str(SERVER), "unavailable": True}), state=state)


def test_of_a_server_that_was_not_sent_no_role_counts_as_deleted() -> None:
    assert existing_roles(not_sent(), {5, 4}) == [4, 5]
    assert existing_roles(None, {4}) == [4]


@pytest.mark.parametrize(("own", "heard"), [(["5"], True), (["6"], False), ([], False)])
def test_a_command_there_goes_by_the_roles_that_discord_sends_with_it(own: list[str], heard: bool) -> None:
    guild = not_sent()
    data: Any = {"user": {"id": "1"}, "roles": own, "flags": 0}
    member = discord.Member(data=data, guild=guild, state=guild._state)
    interaction: Any = SimpleNamespace(
        guild_id=SERVER,
        guild=guild,
        user=member,
        channel=None,
        channel_id=LISTED_CHANNEL,
        is_guild_integration=lambda: True,
    )
    only_five: Any = SimpleNamespace(reach=lambda _: Reach(roles=frozenset({5, 4})))
    if heard:
        Admission(only_five).check(interaction)
        return
    with pytest.raises(Refused) as refused:
        Admission(only_five).check(interaction)
    assert "one of the roles <@&4>, <@&5>" in refused.value.sentence


@pytest.mark.parametrize(
    ("access", "served"),
    [
        (EVERYBODY, {SERVER, None}),
        (Access(frozenset({SERVER})), {SERVER, None}),
        (Access(frozenset({SERVER + 1})), {None}),
        (Access(frozenset()), {None}),
        (Access(blocked_servers=frozenset({SERVER})), {None}),
        (Access(frozenset({SERVER}), frozenset({SERVER})), {None}),
        (Access(blocked_users=frozenset({1})), set()),
        (Access(frozenset({SERVER}), blocked_users=frozenset({1})), set()),
        (Access(blocked_users=frozenset({2})), {SERVER, None}),
    ],
)
def test_the_host_comes_before_everything_else(access: Access, served: set[int | None]) -> None:
    admission = Admission(Settings(ALL), access)
    for server in (SERVER, None):
        assert admission.hears(message(unknown(UNKNOWN, server))) is (server in served)
        interaction: Any = SimpleNamespace(guild_id=server, user=SimpleNamespace(id=1))
        assert (admission.refusal(interaction) is None) is (server in served)
        is_open = admission.reach(Location(UNKNOWN, UNKNOWN, server)).here
        assert is_open is access.serves(server)
