"""A question as text for a provider: with its files, which are shortened before the question would be too long."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.conversation.speakers import forms
from bot.domain.attachments import AttachedFile
from bot.domain.question import MAX_QUOTE_CHARS, MIN_CONTEXT_CHARS, Question

MAX_REMEMBERED_FILE_CHARS = 10_000
"""How much of a question's files the history keeps, in characters: the next questions have to fit beside it."""

Takes = Callable[[str], bool]
"""Tells whether a provider takes a question as long as this text."""


@dataclass(frozen=True, slots=True)
class TextWithFiles:
    """The `text`; of the files in `shortened` only the beginning is in it, of those in `left_out` nothing."""

    text: str
    shortened: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def compose_within(question: Question, takes: Takes) -> str:
    """Return the question without its files.

    Before it would be too long, the names of attachments are left out, then the quoted message is shortened, and
    at last that is left out too.
    """

    def quoting(chars: int) -> str:
        return question.with_quote_of(chars).compose(with_names=False)

    text = question.compose()
    if takes(text):
        return text
    if question.quote is None or takes(quoting(MAX_QUOTE_CHARS)):
        return quoting(MAX_QUOTE_CHARS)
    too_long = bisect_left(range(MAX_QUOTE_CHARS), True, key=lambda chars: not takes(quoting(chars)))
    bare = replace(question, quote=None).compose(with_names=False)
    if too_long <= MIN_CONTEXT_CHARS and bare and takes(bare):
        return bare
    return quoting(max(MIN_CONTEXT_CHARS, too_long - 1))


def compose_spoken(question: Question, takes: Takes, label: str | None) -> TextWithFiles:
    """Return the question with its files behind its speaker's name, if there is a `label`.

    Before it would be too long, files and the quoted message are shortened, and then the name is left out.
    """
    for form in forms(label):

        def fits(text: str, form: Callable[[str], str] = form) -> bool:
            return takes(form(text))

        composed = add_files(compose_within(question, fits), question.files, fits)
        spoken = form(composed.text)
        if takes(spoken):
            break
    return replace(composed, text=spoken)


def add_files(text: str, files: Sequence[AttachedFile], takes: Takes) -> TextWithFiles:
    """Return as much of the files as the provider `takes`, followed by `text`."""
    read = [file for file in files if file.text]
    room = sum(len(file.text or "") for file in read)
    whole = _join(text, read, room)
    if takes(whole.text):
        return whole
    too_long = bisect_right(range(room), 0, key=lambda chars: 0 if takes(_join(text, read, chars).text) else 1)
    return _join(text, read, max(0, too_long - 1))


def add_remembered_files(text: str, files: Sequence[AttachedFile]) -> str:
    """Return as much of the files as the history keeps, followed by `text`."""
    return add_files(text, files, lambda joined: len(joined) <= len(text) + MAX_REMEMBERED_FILE_CHARS).text


def _join(text: str, files: Sequence[AttachedFile], room: int) -> TextWithFiles:
    """Return the first `room` characters of the files, followed by `text`."""
    parts, shortened, left_out = [], [], []
    for file in files:
        content, end = file.text or "", f"end of {file.name}"
        if not room:
            left_out.append(file.name)
            continue
        if len(content) > room:
            shortened.append(file.name)
            content, end = content[:room], f"{file.name} goes on, but the rest does not fit"
        room -= len(content)
        parts.append(f"[attached file: {file.name}]\n{content}\n[{end}]")
    return TextWithFiles("\n\n".join([*parts, text] if text else parts), tuple(shortened), tuple(left_out))
