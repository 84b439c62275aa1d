"""How much of a conversation goes along with a question, and when a conversation gives way to a new one.

Chatbase overwrites, with each call, what its dashboard saved under the conversation's id. So a conversation that no
longer fits the bounds is not cut in place: a new one begins, under a new id, from the last few turns.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.conversation import Turn
from bot.domain.provider import Message

_KEPT_SHARE = 4
"""A new conversation starts with at most a quarter of each bound, so that the next ones fit for a while."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that is sent as history: messages (two a turn) and characters over all of them."""

    messages: int = 40
    characters: int = 24_000

    @property
    def turns(self) -> int:
        """How many whole turns fit the bound on messages."""
        return self.messages // 2

    def fit(self, turns: Sequence[Turn]) -> bool:
        """Tell whether all of `turns` may be sent."""
        characters = sum(len(turn.question) + len(turn.answer) for turn in turns)
        return 2 * len(turns) <= self.messages and characters <= self.characters


def select_turns(turns: Sequence[Turn], bounds: Bounds) -> tuple[Sequence[Turn], bool]:
    """Return the turns to send, and whether they are all of them, so that the conversation goes on.

    `turns` are the conversation's latest, oldest first; one more than `bounds.turns` is enough to tell.
    """
    if bounds.fit(turns):
        return turns, True
    share = Bounds(bounds.messages // _KEPT_SHARE, bounds.characters // _KEPT_SHARE)
    kept: list[Turn] = []
    for turn in reversed(turns):
        candidate = [turn, *kept]
        # The last turn is kept even where it is more than a quarter: what was just said matters most.
        if not share.fit(candidate) and (kept or not bounds.fit(candidate)):
            break
        kept = candidate
    return kept, False


def messages(turns: Sequence[Turn]) -> tuple[Message, ...]:
    """Return the turns as messages, oldest first."""
    return tuple(
        message for turn in turns for message in (Message("user", turn.question), Message("assistant", turn.answer))
    )
