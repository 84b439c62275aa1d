"""Many at once, within Discord's real limits: no answer stands still, no request is turned away, all is said."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from itertools import cycle

from bot.answering.queue.turn_queue import MAX_AT_ONCE
from sandbox.apis import Received, Reply
from sandbox.discord import Channel, Message, Person
from tests.e2e.reader import check_frames, longest_gap, unnamed, words
from tests.e2e.stage import Stage, crowd, is_unfinished

STANDSTILL = 2.0
"""Seconds: an answer whose text is arriving never stands still for longer."""


WINDOW = 5.3
"""Seconds: nor does one of several in a channel while others end, which takes the channel's edits of one window."""


class Talkers:
    """Answers that take `seconds` to arrive; `began` and `ended` tell when each did, by its question."""

    def __init__(self, seconds: float, pieces: int) -> None:
        self.seconds, self.pieces = seconds, pieces
        self.began: dict[str, float] = {}
        self.ended: dict[str, float] = {}
        self.halted = 0.0
        """The longest time by which one piece came too late."""

    def texts(self, name: str) -> list[str]:
        """Return the pieces for a question."""
        return [f"{name} says {number}. " for number in range(self.pieces)]

    def whole(self, name: str) -> str:
        """Return the text as it is to be shown at last."""
        return "".join(self.texts(name)).strip()

    def reply(self, received: Received) -> Reply:
        """Answer a question."""
        return Reply(pieces=self._talk(unnamed(received.question)), pause=self.seconds / self.pieces)

    @property
    def standstill(self) -> float:
        """The longest standstill to allow: longer if a busy machine made the talkers themselves fall behind."""
        longest = max(self.ended[name] - self.began[name] for name in self.ended)
        return STANDSTILL * max(1.0, longest / self.seconds) + self.halted

    async def _talk(self, name: str) -> AsyncIterator[str]:
        self.began[name] = before = time.monotonic()
        for text in self.texts(name):
            yield text
            self.halted = max(self.halted, time.monotonic() - before - self.seconds / self.pieces)
            before = time.monotonic()
        self.ended[name] = time.monotonic()


async def ask_at_once(stage: Stage, people: Sequence[Person], channels: Sequence[Channel]) -> list[Message]:
    """Have each of the people ask under their name, in the channels in turn; return the finished answers.

    One look for all of them at each change: everybody's own look would be most of what the machine has to do.
    """
    asking = zip(people, cycle(channels), strict=False)
    questions = await asyncio.gather(*(person.say(channel, stage.mention(person.name)) for person, channel in asking))

    def find() -> list[Message] | None:
        said = [message for channel in channels for message in stage.by_bot(channel)]
        if len(said) < len(questions):
            return None
        found = {message.replied_to: message for message in said if not is_unfinished(message)}
        return [found[question] for question in questions] if found.keys() >= {*questions} else None

    return await stage.discord.wait_for(find, 60)


async def test_twenty_people_in_twenty_channels_see_their_answers_grow(stage: Stage) -> None:
    talkers = Talkers(6.0, 40)
    stage.apis.chatbase.answers(talkers.reply)
    people = crowd(stage, 20)
    channels = [stage.guild.add_text_channel(person.name) for person in people]
    shown = await ask_at_once(stage, people, channels)
    for person, answer in zip(people, shown, strict=True):
        assert answer.content == talkers.whole(person.name)
        assert longest_gap([answer]) < talkers.standstill
        assert answer.frames[-1].at - talkers.ended[person.name] < talkers.standstill
        check_frames([answer])


async def test_six_people_in_one_channel_are_whole_within_two_answers_time(stage: Stage) -> None:
    talkers = Talkers(4.0, 80)
    stage.apis.chatbase.answers(talkers.reply)
    people = crowd(stage, 6)
    shown = await ask_at_once(stage, people, [stage.general])
    await stage.idle()
    assert sorted(stage.by_bot(), key=lambda answer: answer.id) == sorted(shown, key=lambda answer: answer.id)
    late = max(0.0, *(talkers.ended[name] - talkers.began[name] - talkers.seconds for name in talkers.ended))
    for person, answer in zip(people, shown, strict=True):
        assert answer.content == talkers.whole(person.name)
        assert answer.pinged == {person}
        assert longest_gap([answer]) < WINDOW + late
        check_frames([answer])
    first = min(talkers.began.values())
    assert max(answer.frames[-1].at for answer in shown) - first < 2 * talkers.seconds + 6 + 2 * late
    begins = [talkers.began[person.name] for person in people]
    assert max(begins[:3]) < min(talkers.ended.values()) < min(begins[3:])


async def test_a_hundred_short_answers_at_once_stay_under_the_limit_over_everything(stage: Stage) -> None:
    stage.apis.chatbase.answers(lambda received: f"Hello {unnamed(received.question)}.")
    people = crowd(stage, 100)
    channels = [stage.guild.add_text_channel(f"room-{number}") for number in range(50)]
    shown = await ask_at_once(stage, people, channels)
    assert [answer.content for answer in shown] == [f"Hello {person.name}." for person in people]


async def test_questions_over_the_bound_are_told_and_those_who_wait_are_answered(stage: Stage) -> None:
    stage.hurry()
    streams = [stage.apis.chatbase.hold() for _ in range(MAX_AT_ONCE)]
    stage.apis.chatbase.answers(lambda received: f"Hello {unnamed(received.question)}.")
    people = crowd(stage, 26)
    questions = [await person.say(stage.general, stage.mention(person.name)) for person in people]
    full = "-# The queue in this channel is full (20 questions). Please try again in a minute."

    def told() -> list[int]:
        """Return who was told so: the author of the message that is replied to, and those that it names."""
        notices = [message for message in stage.by_bot() if message.content.startswith(full)]
        return [int(each) for message in notices for each in re.findall(r"<@(\d+)>", message.content)] + [
            author.id for message in notices for author in message.pinged
        ]

    await stage.discord.wait_for(lambda: len(told()) == 3, 30)
    assert sorted(told()) == sorted(question.author.id for question in questions[23:])
    behind_their_own = await people[0].slash(stage.general, "ask", question="and this?")
    assert behind_their_own.content.startswith("-# The queue in this channel is full")
    assert behind_their_own.ephemeral
    by_command = await stage.use(stage.alice, "ask", question="alice")
    assert words(by_command) == "Hello alice."
    await streams[0].send("Hello first.")
    await streams[0].finish()
    for question in questions[3:23]:
        assert (await stage.answer(question)).content == f"Hello {question.author.name}."
    asked = [unnamed(received.question) for received in stage.apis.chatbase.received]
    assert sorted(asked[:3]) == [person.name for person in people[:3]]
    assert asked[3] == "alice"
    assert asked[4:] == [person.name for person in people[3:23]]
    for stream in streams[1:]:
        await stream.finish()
