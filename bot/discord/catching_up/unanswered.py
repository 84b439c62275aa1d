"""Tells from a channel's messages which of them asked the bot, and whom it answered."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

import discord

from bot.discord.reading.addressing import request_of
from bot.discord.reading.message_content import MessageContent
from bot.discord.recent_events import SeenEvents


async def questions_in(
    messages: Iterable[discord.Message], bot: int, message_content: MessageContent, seen: SeenEvents
) -> Sequence[discord.Message]:
    """Return the messages that speak to the bot and were not taken yet, oldest first."""
    found = []
    for message in messages:
        await asyncio.sleep(0)  # a text full of marks takes a millisecond or two
        if message.id in seen:
            continue
        request = request_of(message, bot, message_content)
        if request is not None and request.spoken_to:
            found.append(message)
    return sorted(found, key=lambda message: message.id)


def latest_answered(messages: Sequence[discord.Message], bot: int, seen: SeenEvents) -> Mapping[int, int]:
    """Return by asker the id of the latest message that the bot has taken or replied to, as far as `messages` tell."""
    askers = {message.id: message.author.id for message in messages}
    answered = {message.id for message in messages if message.id in seen}
    for message in messages:
        reference = message.reference
        if message.author.id != bot or reference is None or reference.message_id is None:
            continue
        answered.add(reference.message_id)
        if isinstance(reference.resolved, discord.Message):
            askers[reference.message_id] = reference.resolved.author.id
    return {askers[message]: message for message in sorted(answered) if message in askers}


def unanswered(questions: Iterable[discord.Message], *latest: Mapping[int, int]) -> Sequence[discord.Message]:
    """Return the questions whose asker got no answer, neither to them nor to a later question.

    Each of `latest` has the id of the latest question that was answered, by asker.
    """
    return [question for question in questions if all(question.id > each.get(question.author.id, 0) for each in latest)]
