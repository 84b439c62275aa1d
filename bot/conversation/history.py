"""How much of a conversation is sent with a question, and when a new conversation begins.

With each call, Chatbase overwrites what its dashboard shows for the conversation's id. So a conversation that no longer
fits the bounds is not cut: a new one begins, under a new id, with the last few turns.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.conversation.speakers import Speaker, label_speakers, say
from bot.domain.conversation import Turn
from bot.domain.provider import Message

_KEPT_SHARE = 4
"""A new conversation starts with at most a quarter of each bound, so that the next turns fit for a while."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of what is sent as history: messages (two a turn), and characters in all of them together."""

    messages: int = 40
    characters: int = 24_000

    @property
    def turns(self) -> int:
        """How many whole turns the limit on messages allows."""
        return self.messages // 2

    def fit(self, turns: Sequence[Turn]) -> bool:
        """Tell whether all of `turns` may be sent."""
        return self.count(turns) == len(turns)

    def count(self, turns: Sequence[Turn]) -> int:
        """Return how many of `turns` may be sent, from the latest back."""
        room = self.characters
        for number, turn in enumerate(reversed(turns)):
            room -= len(turn.question) + len(turn.answer)
            if number == self.turns or room < 0:
                return number
        return len(turns)


@dataclass(frozen=True, slots=True)
class SelectedTurns:
    """The latest `turns` as they are sent, whether they `are_all`, and the name of the question's `speaker`.

    Names go along once a second person's words do; until then `speaker` is None.
    """

    turns: Sequence[Turn]
    are_all: bool
    speaker: str | None


def select_turns(turns: Sequence[Turn], bounds: Bounds, asker: Speaker, thread: str = "") -> SelectedTurns:
    """Return the turns to send with a question of `asker`; all of them if they fit, so that the conversation goes on.

    `turns` are the conversation's latest, oldest first; `bounds.turns` plus one are enough. `thread` is what a first
    question in this thread begins with: the asker's name goes behind it, since those are not their words.
    """
    # Without names, which only make them longer, turns that do not fit cost next to nothing.
    if bounds.fit(turns):
        selected = _with_names(turns, asker, thread)
        if bounds.fit(selected.turns):
            return selected
    share = Bounds(bounds.messages // _KEPT_SHARE, bounds.characters // _KEPT_SHARE)

    def is_too_many(count: int) -> bool:
        return not share.fit(_latest(turns, count, asker, thread).turns)

    count = bisect_left(range(1, share.count(turns) + 1), True, key=is_too_many)
    if not count and bounds.count(turns) and bounds.fit(_latest(turns, 1, asker, thread).turns):
        count = 1  # the last turn is kept even if it is more than a quarter: it matters more than the others
    return replace(_latest(turns, count, asker, thread), are_all=False)


def spoken_as(turns: Sequence[Turn], asker: Speaker) -> str | None:
    """Return the name that goes along with a question of `asker` after these turns, None if all are the asker's own."""
    labels = label_speakers([*(Speaker(turn.asker, turn.name) for turn in turns), asker])
    return None if labels is None else labels[asker]


def _latest(turns: Sequence[Turn], count: int, asker: Speaker, thread: str) -> SelectedTurns:
    """Return the latest turns as they are sent with a question of `asker`."""
    return _with_names(turns[len(turns) - count :], asker, thread)


def _with_names(turns: Sequence[Turn], asker: Speaker, thread: str) -> SelectedTurns:
    """Return turns as they are sent with a question of `asker`."""
    speakers = [Speaker(turn.asker, turn.name) for turn in turns]
    labels = label_speakers([*speakers, asker])
    if labels is None:
        return SelectedTurns(turns, are_all=True, speaker=None)
    named = [
        replace(turn, question=_spoken(labels[speaker], turn.question, thread))
        for turn, speaker in zip(turns, speakers, strict=True)
    ]
    return SelectedTurns(named, are_all=True, speaker=labels[asker])


def _spoken(label: str, question: str, thread: str) -> str:
    told = thread if question.startswith(thread) else ""
    return told + say(label, question[len(told) :])


def to_messages(turns: Sequence[Turn]) -> tuple[Message, ...]:
    """Return the turns as messages, oldest first."""
    return tuple(
        message for turn in turns for message in (Message("user", turn.question), Message("assistant", turn.answer))
    )
