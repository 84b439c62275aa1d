"""Many people who ask at once where the queue is full: each is told once, in few messages that ping one each."""

import re

from bot.answering.queue.turn_queue import MAX_AT_ONCE, MAX_WAITING
from tests.e2e.stage import Stage, crowd

FULL = "-# The queue in this channel is full (20 questions). Please try again in a minute."


async def test_each_of_a_crowd_is_told_once(stage: Stage) -> None:
    streams = [stage.apis.chatbase.hold() for _ in range(MAX_AT_ONCE)]
    people = crowd(stage, MAX_AT_ONCE + MAX_WAITING + 30)
    asked = [await person.say(stage.general, stage.mention("and me?")) for person in people]

    def told() -> list[int]:
        """Return the people who were told, as often as they were."""
        found: list[int] = []
        for message in stage.by_bot():
            text, _, line = message.content.partition("\n-# Also for ")
            if text == FULL:
                assert message.replied_to is not None
                assert message.pinged == {message.replied_to.author}
                found += [message.replied_to.author.id, *map(int, re.findall(r"<@(\d+)>", line))]
        return found

    await stage.discord.wait_for(lambda: len(told()) >= 30, 30)
    assert sorted(told()) == sorted(message.author.id for message in asked[-30:])
    for stream in streams:
        await stream.finish()
    await stage.bot.services.answering.drain(0)
