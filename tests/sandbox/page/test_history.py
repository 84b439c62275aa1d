"""Parts of a channel's history, as the page asks for them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio

from sandbox.discord import Channel, Discord, Message, Person
from sandbox.discord.errors import Json
from sandbox.page.history import read_history
from sandbox.page.requests import InvalidRequest, Request


@dataclass
class Talk:
    """A channel with ten messages, "0" to "9"."""

    alice: Person
    channel: Channel
    said: list[Message] = field(default_factory=list)

    def ask(self, **asked: Any) -> Json:  # noqa: ANN401 - as JSON is
        """Return a part of the history."""
        return read_history(Request({"channel": str(self.channel.id), **asked}, self.alice))

    def part(self, **asked: Any) -> tuple[str, bool, bool]:  # noqa: ANN401 - as JSON is
        """Return a part's contents in one text, and whether there is more before and after it."""
        answer = self.ask(**asked)
        contents = "".join(message["content"] for message in answer["messages"])
        return contents, answer["more_before"], answer["more_after"]

    def id(self, number: int) -> str:
        """Return a message's id as the page names it."""
        return str(self.said[number].id)


@pytest_asyncio.fixture
async def talk() -> AsyncIterator[Talk]:
    """Give the channel."""
    async with Discord() as discord:
        alice = discord.create_user("alice")
        channel = discord.create_guild("Home", alice).add_text_channel("general")
        said = [await alice.say(channel, str(number)) for number in range(10)]
        yield Talk(alice, channel, said)


async def test_the_newest_part(talk: Talk) -> None:
    assert talk.part() == ("0123456789", False, False)
    assert talk.part(limit=4) == ("6789", True, False)
    assert talk.part(limit=10) == ("0123456789", False, False)


async def test_what_is_before_or_after_a_message(talk: Talk) -> None:
    assert talk.part(before=talk.id(6), limit=4) == ("2345", True, True)
    assert talk.part(before=talk.id(2), limit=4) == ("01", False, True)
    assert talk.part(before=talk.id(0), limit=4) == ("", False, True)
    assert talk.part(after=talk.id(2), limit=4) == ("3456", True, True)
    assert talk.part(after=talk.id(7), limit=4) == ("89", True, False)
    assert talk.part(after=talk.id(9), limit=4) == ("", True, False)


async def test_what_is_around_a_message(talk: Talk) -> None:
    assert talk.part(around=talk.id(5), limit=4) == ("3456", True, True)
    assert talk.part(around=talk.id(1), limit=4) == ("0123", False, True)
    assert talk.part(around=talk.id(9), limit=4) == ("6789", True, False)
    assert talk.part(around=talk.id(5)) == ("0123456789", False, False)


async def test_a_deleted_message_keeps_its_place(talk: Talk) -> None:
    await talk.alice.delete(talk.said[5])
    assert talk.part(around=talk.id(5), limit=4) == ("3467", True, True)
    assert talk.part(before=talk.id(5), limit=2) == ("34", True, True)
    assert talk.part(after=talk.id(5), limit=2) == ("67", True, True)


async def test_a_place_that_nothing_has(talk: Talk) -> None:
    assert talk.part(before="nothing", limit=4) == ("", False, True)
    assert talk.part(around="9" * 5000, limit=4) == ("0123", False, True)
    assert talk.part(after="٣", limit=4) == ("0123", False, True)


@pytest.mark.parametrize("asked", [{"limit": 0}, {"limit": 101}, {"limit": True}, {"before": 5}, {"around": None}])
async def test_wrong_parameters_are_refused(talk: Talk, asked: Json) -> None:
    with pytest.raises(InvalidRequest):
        talk.ask(**asked)
