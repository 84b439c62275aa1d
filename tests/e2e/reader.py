"""A reader's eyes: what an answer's messages say together, and whether each frame of them was right to show."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from sandbox.discord import Message
from tests.e2e.stage import SIGN

_CAPTION = re.compile(r"-# [^\n]* (?:asked|chose)\b[^\n]*(?:\n|\Z)")


def words(message: Message) -> str:
    """Return what a message says below the line that tells what was asked, if it has that line."""
    return below_caption(message.content)


def below_caption(text: str) -> str:
    """Return a text without a line above it that tells what was asked."""
    return _CAPTION.sub("", text, count=1) if _CAPTION.match(text) else text


def check_frames(messages: Sequence[Message]) -> None:
    """Hold of every frame of one answer's messages that it shows a beginning of what they say from there on at last.

    A page that is still growing may show words that later move on to the next one; fences are closed in every frame,
    and there may be the sign.
    """
    for index, message in enumerate(messages):
        final = bare(messages[index:])
        for frame in message.frames:
            assert len(frame.content) <= 2000
            assert frame.content.count("```") % 2 == 0, frame.content
            assert final.startswith(bare_text(frame.content.removesuffix(SIGN))), frame.content


def bare(messages: Iterable[Message]) -> str:
    """Return what the messages say together, without what their seams may add or take: white space and fences."""
    return "".join(bare_text(message.content) for message in messages)


def bare_text(text: str) -> str:
    """Return a text without white space, fences, and marks of style, which a frame has only once they are closed."""
    return "".join(re.sub(r"```[a-z]*|[*_~|]", "", below_caption(text)).split())


def longest_gap(messages: Sequence[Message]) -> float:
    """Return the longest time in seconds in which nothing of an answer moved, between its first and its last frame."""
    times = sorted(frame.at for message in messages for frame in message.frames)
    return max((after - before for before, after in pairwise(times)), default=0.0)


def prose(characters: int, seed: str = "word") -> str:
    """Return about so many characters of numbered words in sentences and paragraphs, none like another."""
    words: list[str] = []
    length = number = 0
    while length < characters:
        number += 1
        end = ".\n\n" if number % 90 == 0 else ". " if number % 12 == 0 else " "
        words.append(f"{seed}{number}{end}")
        length += len(words[-1])
    return "".join(words).strip()


def unnamed(text: str | None) -> str:
    """Return a question without its speaker's name, of which `tests/e2e/test_speakers.py` holds what it is."""
    return re.sub(r"^(?:Alice|Bob|Admin|Someone|Person-\d+)(?: \(\d\))?: ", "", text or "")
