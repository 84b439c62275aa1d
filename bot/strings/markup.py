"""Small print, durations and lists in words, and outside text made harmless for Discord."""

from collections.abc import Sequence

MAX_NAME_CHARS = 40
"""Characters that are shown of a server's, a command's or a file's name."""

_MAX_LISTED = 10
"""How many channels, roles or choices are named; of more, only the number is told."""

_REORDERING = dict.fromkeys(map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
"""Characters that show what follows them from right to left, or end that (Unicode's bidirectional algorithm)."""


def small(sentence: str) -> str:
    """Return `sentence` as small print: each of its lines behind `-# `."""
    return "\n".join(f"-# {line}" for line in sentence.splitlines())


def in_words(seconds: float) -> str:
    """Return a duration in words: in seconds up to two minutes, then in minutes."""
    if seconds < 120:
        return f"{seconds:.0f} second{'' if round(seconds) == 1 else 's'}"
    return f"{seconds / 60:.0f} minutes"


def with_unit(seconds: float) -> str:
    """Return a measured duration as a figure, such as "41 ms" or "2.3 s"."""
    return f"{seconds:.1f} s" if seconds >= 1 else f"{max(1, round(seconds * 1000))} ms"


def in_figures(number: float) -> str:
    """Return a number in figures, with at most two decimals, such as "3" or "2.5"."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def in_days(days: int) -> str:
    """Return a number of days in words."""
    return "1 day" if days == 1 else f"{days} days"


def in_phrase(names: Sequence[str], last: str = "and") -> str:
    """Return names in one phrase, such as "one, two and three", with `last` before the last of them."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


def first_of(names: Sequence[str], last: str = "and") -> str:
    """Return at most ten names, and how many more there are."""
    more = len(names) - _MAX_LISTED
    return ", ".join(names[:_MAX_LISTED]) + (f" {last} {more} more" if more > 0 else "")


def list_channels(channels: Sequence[int]) -> str:
    """Return channels as Discord shows them, given by their ids, likewise."""
    return first_of([f"<#{channel}>" for channel in channels])


def list_roles(roles: Sequence[int], last: str = "and") -> str:
    """Return roles as Discord shows them, likewise."""
    return first_of([f"<@&{role}>" for role in roles], last)


def shorten(text: str, max_chars: int) -> str:
    """Return `text`, its end replaced with "…" if it is longer than `max_chars`."""
    return text if len(text) <= max_chars else f"{text[: max_chars - 1]}…"


def as_code(text: str, max_chars: int) -> str:
    """Return at most `max_chars` characters of `text` on one line, as code, which no backtick in it ends."""
    return f"`{' '.join(shorten(text, max_chars).replace('`', 'ˋ').split())}`"


def to_line(text: str) -> str:
    """Return `text` on one line, without what would turn the line's direction round."""
    return " ".join(text.translate(_REORDERING).split())


def to_plain(text: str, max_chars: int) -> str:
    """Return at most `max_chars` characters of `text` on one line, with nothing that Discord would draw or ping."""
    text = text[: 16 * max_chars]  # far more than is shown, even if most of it is left out
    shown = shorten(to_line(text), max_chars)
    return "".join(f"\\{char}" if char in "\\*_~`|<>[]()#@:-" else char for char in shown)
