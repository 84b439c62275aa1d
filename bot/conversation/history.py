"""How much of a conversation is sent with a question, and when a new conversation begins.

With each call, Chatbase overwrites what its dashboard shows for the conversation's id. So a conversation that no longer
fits the bounds is not cut: a new one begins, under a new id, with the last few turns.
"""

from collections.abc import Sequence
from dataclasses import dataclass

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
        characters = sum(len(turn.question) + len(turn.answer) for turn in turns)
        return 2 * len(turns) <= self.messages and characters <= self.characters


def select_turns(turns: Sequence[Turn], bounds: Bounds) -> tuple[Sequence[Turn], bool]:
    """Return the turns to send, and whether they are all of them, so that the conversation goes on.

    `turns` are the conversation's latest, oldest first; `bounds.turns` plus one are enough.
    """
    if bounds.fit(turns):
        return turns, True
    share = Bounds(bounds.messages // _KEPT_SHARE, bounds.characters // _KEPT_SHARE)
    kept: list[Turn] = []
    for turn in reversed(turns):
        candidate = [turn, *kept]
        # The last turn is kept even if it is more than a quarter: it matters more than the others.
        if not share.fit(candidate) and (kept or not bounds.fit(candidate)):
            break
        kept = candidate
    return kept, False


def to_messages(turns: Sequence[Turn]) -> tuple[Message, ...]:
    """Return the turns as messages, oldest first."""
    return tuple(
        message for turn in turns for message in (Message("user", turn.question), Message("assistant", turn.answer))
    )
