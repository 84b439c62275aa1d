"""What people are told of a channel's queue, and how one message tells several."""

from collections.abc import Sequence

from bot.strings.markup import in_phrase, small

_MAX_NAMED = 50
_MENTION_CHARS = len("<@>, ") + 20
"""The longest mention in a list: an id has at most 20 digits."""

_MAX_MESSAGE_UNITS = 2000
"""UTF-16 units that a message may have, counted as the paginator does."""


def in_line(before: int, now: float) -> str:
    """Return what somebody is told who waits behind `before` questions; `now` is in seconds since 1970 (UTC).

    Discord makes "now" or "5 seconds ago" of the time and counts on by itself, so that the sentence stays true even
    if there is no room to change it.
    """
    questions = "1 question" if before == 1 else f"{before} questions"
    return f"You're in line: {questions} ahead of yours (updated <t:{now:.0f}:R>)."


def was_full() -> str:
    """Return what somebody is told whose question found the queue full, once it is so no more."""
    return "The queue in this channel was full, so I didn't take your question. Please ask again."


def with_others(text: str, askers: Sequence[int]) -> str:
    """Return a message to one person, whom it replies to, with a line that says whom else it is for.

    As many are named as fit, at most 50.
    """
    if not askers:
        return text
    room = (
        _MAX_MESSAGE_UNITS
        - len(text.encode("utf-16-le", "surrogatepass")) // 2
        - len("\n-# Also for  and 1,000,000 others.")
    )
    named = [f"<@{asker}>" for asker in askers[: max(0, min(_MAX_NAMED, room // _MENTION_CHARS))]]
    others = len(askers) - len(named)
    more = [f"{others:,} other{'s' if others > 1 else ''}"] if others else []
    return f"{text}\n" + small(f"Also for {in_phrase([*named, *more])}.")
