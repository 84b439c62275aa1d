"""A question as text for a provider: with its files, which are shortened before the question would be too long."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.attachments import AttachedFile
from bot.domain.question import Question

MAX_REMEMBERED_FILE_CHARS = 10_000
"""How much of a question's files the history keeps, in characters: the next questions have to fit beside it."""


@dataclass(frozen=True, slots=True)
class QuestionForProvider:
    """The `text`; of the files in `shortened` only the beginning is in it, of those in `left_out` nothing."""

    text: str
    shortened: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def compose_for(question: Question, takes: Callable[[str], bool]) -> QuestionForProvider:
    """Return the question with as much of its files as the provider `takes` beside everything else."""
    files = [file for file in question.files if file.text]
    room = sum(len(file.text or "") for file in files)
    whole = _compose(question, files, room)
    if takes(whole.text):
        return whole
    fitting = bisect_right(range(room), 0, key=lambda chars: 0 if takes(_compose(question, files, chars).text) else 1)
    shortened = _compose(question, files, max(0, fitting - 1))
    if takes(shortened.text):
        return shortened
    # Not even the names of files that were not read fit.
    return QuestionForProvider(question.compose(with_names=False), left_out=tuple(file.name for file in files))


def compose_to_remember(question: Question) -> str:
    """Return the question as the history keeps it."""
    longest = len(question.compose()) + MAX_REMEMBERED_FILE_CHARS
    return compose_for(question, lambda text: len(text) <= longest).text


def _compose(question: Question, files: list[AttachedFile], room: int) -> QuestionForProvider:
    """Return the question with the first `room` characters of its files."""
    parts, shortened, left_out = [], [], []
    for file in files:
        text = file.text or ""
        if not room:
            left_out.append(file.name)
            continue
        end = f"end of {file.name}"
        if len(text) > room:
            shortened.append(file.name)
            text, end = text[:room], f"{file.name} goes on, but the rest does not fit"
        room -= len(text)
        parts.append(f"[attached file: {file.name}]\n{text}\n[{end}]")
    if asked := question.compose():
        parts.append(asked)
    return QuestionForProvider("\n\n".join(parts), tuple(shortened), tuple(left_out))
