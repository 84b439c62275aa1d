"""What is left of an answer in Discord: what is known of it as far as it is there, and what belongs to it besides."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.chat.budget import Budget
from bot.chat.canvas import Denied
from bot.chat.journal import Answer
from bot.chat.questions import Place
from bot.display.channel_canvas import ReopenedCanvas
from bot.display.traffic import Traffic
from bot.display.wire import Wire

ME, QUESTION = 5, 100
ANSWER = Answer("an-id", QUESTION, True, Place(1, 1, 7), asker=4711, shown=0)


def failure(kind: type[discord.HTTPException], status: int) -> discord.HTTPException:
    """Return what discord.py raises for a status."""
    return kind(cast("Any", SimpleNamespace(status=status, reason="")), "")


class Channel:
    """A channel with messages, by number: who wrote each, what it says, and what it replies to."""

    def __init__(self, messages: dict[int, tuple[int, str, int | None]]) -> None:
        self.refused: discord.HTTPException | None = None
        self._messages = {
            number: SimpleNamespace(
                id=number,
                author=SimpleNamespace(id=author),
                content=text,
                reference=None if replies_to is None else SimpleNamespace(message_id=replies_to),
            )
            for number, (author, text, replies_to) in messages.items()
        }

    async def history(self, *, after: discord.Object, limit: int) -> AsyncIterator[object]:
        """Yield what came after a message."""
        if self.refused is not None:
            raise self.refused
        for number, message in self._messages.items():
            if number > after.id:
                yield message

    def get_partial_message(self, number: int) -> object:
        """Return a handle on a message."""

        async def fetch() -> object:
            if number not in self._messages:
                raise failure(discord.NotFound, 404)
            return self._messages[number]

        return SimpleNamespace(fetch=fetch)


async def left(channel: Channel, *known: int) -> list[int]:
    """Return which messages are found where `known` are noted."""
    bot = SimpleNamespace(user=SimpleNamespace(id=ME), get_partial_messageable=lambda *_, **__: channel)
    canvas = ReopenedCanvas(Wire(Budget()), Traffic(), cast("discord.Client", bot), ANSWER)
    return [remnant.message for remnant in await canvas.remnants(known)]


async def test_what_is_known_comes_first_and_then_what_goes_on_or_replies() -> None:
    channel = Channel({
        101: (ME, "one", QUESTION),
        102: (ME, "two", None),
        103: (ME, "three ▌", None),
        104: (ME, "another answer", 99),
        105: (6, "no ▌", QUESTION),
        106: (ME, "▌", None),
    })  # fmt: skip
    assert await left(channel, 101, 102) == [101, 102, 103, 106]
    assert await left(channel) == [101, 103, 106]


async def test_what_was_taken_away_leaves_the_others() -> None:
    channel = Channel({101: (ME, "one", QUESTION), 103: (ME, "three ▌", None)})
    assert await left(channel, 101, 102) == [101, 103]
    assert await left(Channel({}), 101, 102) == []


async def test_a_channel_that_is_gone_has_nothing_left_and_one_that_may_not_be_read_says_so() -> None:
    channel = Channel({101: (ME, "one", QUESTION)})
    channel.refused = failure(discord.NotFound, 404)
    assert await left(channel, 102) == []
    channel.refused = failure(discord.Forbidden, 403)
    with pytest.raises(Denied):
        await left(channel, 101)
