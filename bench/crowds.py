"""Askers and their answers: questions asked of a bot, streams on a timetable, and what was seen of each and when."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise

from bench.schedules import longest_gap, staleness
from bot.streaming.renderer import CURSOR
from sandbox.apis import Received, Reply
from sandbox.discord import Channel, Frame, Message, Person
from sandbox.environment import Environment

CHARACTERS, PIECES = 1500, 180
EVERY = 0.05
"""The usual answer: so many characters in so many pieces, one each so many seconds."""

BREATH, RHYTHM = 0.6, 1.25
"""The bot's rhythm in a channel that one answer has to itself: seconds to its first edit, and from edit to edit."""

_SMALL = "-# "
"""How a message begins that is no answer, such as the one that tells a place in the line."""

_WORDS = "The answer to that is a long one and it goes on for a while with words of many kinds. "


@dataclass
class Stream:
    """A provider's answer: its pieces, the seconds between them, and when each of them was written."""

    pieces: Sequence[str]
    every: float
    arrivals: list[float] = field(default_factory=list)
    gate: asyncio.Event | None = None
    """Where set, the first piece waits for it, and for `phase` seconds more."""
    phase: float = 0.0
    begun: bool = False
    ended: float = 0.0
    """When the last piece had been written; the end of the body follows at once."""

    @property
    def text(self) -> str:
        """The whole answer."""
        return "".join(self.pieces)

    async def play(self) -> AsyncIterator[str]:
        """Hand out the pieces by the timetable, which a late one does not delay."""
        clock = asyncio.get_running_loop().time
        self.begun = True
        if self.gate is not None:
            await self.gate.wait()
            await asyncio.sleep(self.phase)
        start = clock()
        for number, piece in enumerate(self.pieces):
            await asyncio.sleep(max(0.0, start + number * self.every - clock()))
            self.arrivals.append(clock())
            yield piece
        self.ended = clock()


def stream(pieces: int = PIECES, every: float = EVERY, characters: int | None = None) -> Stream:
    """Return a stream of so many pieces, as long as the usual answer's if nothing else is said."""
    characters = characters or min(1900, round(CHARACTERS * pieces / PIECES))
    text = (_WORDS * (characters // len(_WORDS) + 1))[: characters - 1] + "."
    cuts = [round(number * characters / pieces) for number in range(pieces + 1)]
    return Stream([text[start:end] for start, end in pairwise(cuts)], every)


@dataclass(frozen=True)
class Answer:
    """What came of one question: what the provider sent, and the message in which it was shown."""

    stream: Stream
    message: Message
    asked: float

    @property
    def frames(self) -> Sequence[Frame]:
        """All that was seen of it, in order."""
        return self.message.frames

    @property
    def edits(self) -> int:
        """How often its message was edited."""
        return len(self.frames) - 1

    @property
    def hasty_edits(self) -> int:
        """How many edits it had beyond the bot's rhythm: the last one, and what its time allows before that."""
        time = self.frames[-1].at - self.frames[0].at
        progress = 0 if time < BREATH else 1 + int((time - BREATH) / RHYTHM)
        return max(0, self.edits - 1 - progress)

    @property
    def gap(self) -> float:
        """The longest time for which it stood still, from its first text to its last."""
        return longest_gap([frame.at for frame in self.frames])

    def gap_until(self, end: float) -> float:
        """Return the longest time for which it stood still before `end`; what began later did not."""
        seen = [at for frame in self.frames if (at := frame.at) < end]
        return longest_gap([*seen, min(end, self.frames[-1].at)])

    @property
    def first_delay(self) -> float:
        """Seconds from the provider's first byte to the first text in Discord."""
        return self.frames[0].at - self.stream.arrivals[0]

    @property
    def final_delay(self) -> float:
        """Seconds from the provider's last byte to the whole text in Discord."""
        return self.frames[-1].at - self.stream.ended

    @property
    def staleness(self) -> float:
        """The mean age of the oldest piece that had arrived and was not seen."""
        lengths, shown = [], 0
        for piece in self.stream.pieces:
            shown += len(piece.rstrip())
            lengths.append(shown)
            shown += len(piece) - len(piece.rstrip())
        return staleness(self.stream.arrivals, [(frame.at, _pieces_in(frame, lengths)) for frame in self.frames])

    @property
    def lost(self) -> int:
        """How many of the answer's characters are not where they belong in the end."""
        shown, text = self.message.content, self.stream.text
        same = sum(one == other for one, other in zip(shown, text, strict=False))
        return max(len(shown), len(text)) - same


def _pieces_in(frame: Frame, lengths: Sequence[int]) -> int:
    shown = len(frame.content.removesuffix(CURSOR))
    return sum(length <= shown for length in lengths)


class Crowd:
    """Asks, and waits for whole answers. One at a time may be open on a stage."""

    def __init__(self, env: Environment) -> None:
        self._env = env
        self._streams: dict[str, Stream] = {}
        self._waiting: dict[int, asyncio.Future[Message]] = {}
        self._asked = 0
        env.apis.chatbase.answers(self._reply)

    async def ask(
        self, channel: Channel, answered: Stream, person: Person | None = None, within: float = 120
    ) -> Answer:
        """Ask a question that is answered so, and return when the whole answer is seen; raises TimeoutError."""
        self._asked += 1
        words = f"question {self._asked} in {len(answered.pieces)}"
        self._streams[words] = answered
        asked = asyncio.get_running_loop().time()
        question = await (person or self._env.alice).say(channel, f"{self._env.app.bot.mention} {words}")
        future = self._waiting[question.id] = asyncio.get_running_loop().create_future()
        async with asyncio.timeout(within):
            return Answer(answered, await future, asked)

    async def watch(self) -> None:
        """Tell each asker when the answer is whole; runs until it is cancelled."""
        async with self._env.discord.subscribe() as changes:
            async for change in changes:
                message = change.subject
                if change.kind in ("message.create", "message.edit") and isinstance(message, Message):
                    self._look_at(message)

    def _look_at(self, message: Message) -> None:
        if message.author is not self._env.app.bot or message.reference is None:
            return
        if message.content.endswith(CURSOR.strip()) or message.content.startswith(_SMALL):
            return
        future = self._waiting.pop(message.reference.message_id or 0, None)
        if future is not None and not future.done():
            future.set_result(message)

    def _reply(self, received: Received) -> Reply:
        words = (received.question or "").rpartition(": ")[2]  # without its speaker's name
        return Reply(pieces=self._streams.pop(words).play(), pause=0.0)


@asynccontextmanager
async def gathering(env: Environment) -> AsyncIterator[Crowd]:
    """Yield a crowd that watches the stage."""
    crowd = Crowd(env)
    watching = asyncio.create_task(crowd.watch())
    try:
        yield crowd
    finally:
        watching.cancel()
        await asyncio.wait({watching})
        env.apis.chatbase.clear()


def channels(env: Environment, count: int) -> list[Channel]:
    """Return so many new channels, in new servers of the stage's bot, as many as Discord allows in each."""
    made: list[Channel] = []
    while len(made) < count:
        guild = env.discord.create_guild(f"Crowd {len(made)}", env.alice)
        guild.add_bot(env.app)
        made += [guild.add_text_channel(f"channel-{number}") for number in range(min(450, count - len(made)))]
    return made


async def ask_in_turn(
    crowd: Crowd,
    places: Iterable[Channel],
    rounds: int,
    *,
    stagger: float = 0.0,
    rest: float = 0.0,
    pieces: int = PIECES,
) -> list[Answer]:
    """Ask in every place `rounds` questions, each when the one before is answered and `rest` seconds have passed.

    The places begin apart, by `stagger` seconds each.
    """

    async def asker(number: int, place: Channel) -> list[Answer]:
        await asyncio.sleep(number * stagger)
        answers = []
        for _ in range(rounds):
            answers.append(await crowd.ask(place, stream(pieces)))
            await asyncio.sleep(rest)
        return answers

    answered = await asyncio.gather(*(asker(number, place) for number, place in enumerate(places)))
    return [answer for answers in answered for answer in answers]
