"""Tells askers by direct message that the bot cannot write where they asked: once a day for each channel.

A message that does not reach them counts too: if they take none from the bot, Discord would be asked in vain each time.
"""

import asyncio

from bot.answering.notices.notice_choice import explain_outside
from bot.domain.question import Question
from bot.domain.runtime.bounded_dict import BoundedDict
from bot.streaming.canvas import Canvas, CanvasError, PlaceRefused, ThreadLocked, WriteForbidden

OF_THE_PLACE = (WriteForbidden, PlaceRefused, ThreadLocked)
"""What is true of a channel, and not of one answer only."""

TOLD_SECONDS = 24 * 60 * 60.0

MAX_TOLD = 10_000
"""How many people and channels are remembered, the latest ones; in memory, so not beyond a restart."""


class OutsideNotices:
    """Remembers for a day who was sent a message about which channel."""

    def __init__(self) -> None:
        self._clock = asyncio.get_running_loop().time
        self._told = BoundedDict[tuple[int, int], float](MAX_TOLD)

    async def tell(self, question: Question, canvas: Canvas, error: CanvasError) -> bool:
        """Tell the asker why there is no answer in the channel, and return whether they know."""
        place = question.location
        sentence = explain_outside(error, place.channel)
        if not isinstance(error, OF_THE_PLACE):
            return bool(await canvas.send_dm(sentence))
        # A thread has its channel's permissions: to start many is no way to many messages. Each is locked by itself.
        channel = place.channel if isinstance(error, ThreadLocked) else place.settings_channel
        now, key = self._clock(), (question.asker, channel)
        if now < self._told.get(key, now):
            return True
        self._told[key] = now + TOLD_SECONDS  # before the wait: the next question may fail meanwhile
        told = await canvas.send_dm(sentence)
        if told is None:
            self._told.pop(key, None)
        return bool(told)
