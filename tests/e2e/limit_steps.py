"""What tests of limits share: the time that they count by, an admin who sets limits, and people who ask."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

import bot.app.assembly
from bot.limits.fair_use import FairUse
from bot.streaming import bucket_queues
from sandbox.discord import Channel, Message, Person
from sandbox.discord.model.guilds import Guild
from tests.e2e.stage import Stage, answers

HOUR, DAY = 3600, 86_400
MIDNIGHT = 20_833 * DAY
OVER = (
    "-# You've reached your limit of {}, which this server's admins set. Please ask again <t:{}:R>, when the next {}."
)
HOUR_OVER = OVER.format("1 question an hour", MIDNIGHT + HOUR, "hour begins")


class Clock:
    """The time for limits, which a test sets: seconds since 1970 (UTC)."""

    now = float(MIDNIGHT)

    def __call__(self) -> float:
        return self.now


def set_by_hand(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Have the bot count by a clock that a test sets, and edits follow each other at once."""
    monkeypatch.setattr(bucket_queues, "FIRST_EDIT_DELAY", 0.0)
    found = Clock()
    monkeypatch.setattr(bot.app.assembly, "FairUse", partial(FairUse, clock=found))
    return found


async def limit(
    stage: Stage,
    who: str,
    questions: int | None = None,
    per: str = "hour",
    **options: Any,  # noqa: ANN401 - whatever the command takes
) -> str:
    """Use `/settings limit`, and return what the admin is told; from now on nothing waits for Discord's limits."""
    stage.hurry()
    allowed: dict[str, Any] = {} if questions is None else {"questions": questions, "per": per}
    told = await stage.use(stage.admin, "settings limit", who=who, **allowed, **options)
    assert told.ephemeral
    return told.content


async def replies(stage: Stage, *questions: Message) -> Sequence[list[str]]:
    """Return what the bot replied to each message, once it is idle."""
    await stage.use(stage.admin, "help")  # what Discord tells of later, the bot hears of later
    await stage.idle()
    return [[each.content for each in stage.by_bot(of.channel) if answers(each, of)] for of in questions]


async def try_to_ask(stage: Stage, person: Person, channel: Channel | None = None) -> list[str]:
    """Mention the bot, and return what it replies."""
    question = await person.say(channel or stage.general, stage.mention("is that so?"))
    return list((await replies(stage, question))[0])


async def is_answered(stage: Stage, person: Person, channel: Channel | None = None) -> bool:
    """Mention the bot, and return whether a chatbot was asked in a server."""
    before = len(stage.apis.chatbase.received)
    await try_to_ask(stage, person, channel)
    return len(stage.apis.chatbase.received) > before


def server_with(stage: Stage, *people: Person) -> tuple[Guild, Channel]:
    """Add another server that the bot is in."""
    guild = stage.discord.create_guild("Elsewhere", stage.admin, *people)
    guild.add_bot(stage.app)
    return guild, guild.add_text_channel("lobby")
