"""What the people, roles and channels are called that a text mentions, and for whom channels stay unnamed."""

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.discord.reading.names import MentionedNames, names_for
from bot.discord.reading.threads import read_starter
from bot.domain.question import Quote
from tests.discord.test_reading import BOT, CHANNEL, PERSON, FakeState, a_thread, message, person


def test_what_discord_resolves_is_named_and_odd_parts_are_passed_over() -> None:
    resolved = {
        "users": {"1": {"username": "ann", "global_name": None}, "2": {"username": "bob", "global_name": "Bob"}},
        "members": {"2": {"nick": "Bobby"}},
        "roles": {"3": {"name": "mods"}},
        "channels": {
            "4": {"name": "general"},
            "5": {},
            "6": {"name": "open", "permissions": "3072"},
            "7": {"name": "secret", "permissions": "2048"},
        },
    }
    interaction: Any = SimpleNamespace(data={"resolved": resolved}, guild=None, user=message().author)
    names = names_for(interaction)
    assert [names.user(number) for number in (1, 2, 3, PERSON)] == ["ann", "Bobby", None, "Ada"]
    assert [names.role(3), names.role(4)] == ["mods", None]
    assert [names.channel(number) for number in (4, 5, 6, 7)] == ["general", None, "open", None]


class FakeChannel:
    """A channel that some people see, and not everybody. It counts how often that is looked up."""

    looks = 0

    def __init__(self, name: str) -> None:
        self.name = name
        self.guild = SimpleNamespace(default_role="everyone")

    def permissions_for(self, viewer: object) -> Any:  # noqa: ANN401
        """Return what somebody may do here."""
        FakeChannel.looks += 1
        return SimpleNamespace(view_channel=viewer != "everyone")


def a_server(channels: int) -> discord.Guild:
    """Return a server with channels `0`, `1` and so on, which have these numbers as ids."""
    guild = discord.Guild.__new__(discord.Guild)
    guild._channels = cast("Any", {number: FakeChannel(str(number)) for number in range(channels)})
    guild._threads = {}
    return guild


def a_member(server: discord.Guild) -> discord.Member:
    """Return Ada as a member."""
    member = discord.Member.__new__(discord.Member)
    member.guild, member.nick = server, None
    member._user = discord.User(state=cast("Any", FakeState()), data=cast("Any", person()))
    return member


def test_channels_that_the_viewer_sees_are_named_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeChannel, "looks", 0)
    server = a_server(200)
    names = MentionedNames(server, a_member(server), {}, {}, {})
    found = [names.channel(number % 200) for number in range(400)]
    assert found[:20] == found[200:220] == [str(number) for number in range(20)]
    assert set(found[20:200]) == {None}
    assert FakeChannel.looks == 20
    assert MentionedNames(server, None, {}, {}, {}).channel(1) is None


async def test_a_posts_first_message_names_no_channel_that_only_its_author_sees() -> None:
    server, starter = a_server(3), message(content="see <#1>")
    starter.guild, starter.author = server, a_member(server)

    async def give(_: float, request: Any) -> discord.Message:  # noqa: ANN401
        request.close()
        return starter

    client: Any = SimpleNamespace(get_channel=lambda _: a_thread(None), user=SimpleNamespace(id=BOT))
    read = await read_starter(client, cast("Any", SimpleNamespace(within=give)), CHANNEL)
    assert read == Quote("Ada", "see #unknown channel")
    withheld = await read_starter(client, cast("Any", SimpleNamespace(within=give)), CHANNEL, lambda _: True)
    assert withheld is None
