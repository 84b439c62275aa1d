"""The default answers: plausible, and always the same for the same question."""

import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandbox.apis.canned_texts import CODE, GREETINGS, JOKES, LIST, LONG, OPINIONS, PARIS, SMALL_TABLE, WEATHER


@dataclass(frozen=True, slots=True)
class Persona:
    """Who answers."""

    name: str
    maker: str
    instruction: str | None = None
    """A system prompt to mention when asked."""


@dataclass(frozen=True, slots=True)
class _Talk:
    question: str
    earlier: Sequence[str]
    persona: Persona

    def one_of(self, choices: Sequence[str]) -> str:
        """Pick by the question alone, so that the same question gets the same answer."""
        return choices[zlib.crc32(self.question.casefold().encode()) % len(choices)]

    @property
    def quoted(self) -> str:
        """The question on one line, shortened."""
        line = " ".join(self.question.split()).rstrip("?!. ")
        return line if len(line) <= 80 else line[:79].rstrip() + "…"


def answer(question: str, earlier: Sequence[str], persona: Persona) -> str:
    """Answer by the simple keywords in the question; `earlier` is what the same user said before, oldest first."""
    talk = _Talk(question, earlier, persona)
    for keywords, reply in _RULES:
        if keywords.search(question):
            return reply(talk)
    return talk.one_of(OPINIONS).format(question=talk.quoted)


def _recall(talk: _Talk) -> str:
    if not talk.earlier:
        return "This is the first thing you have said to me, so there is nothing to look back on yet. 🙂"
    if len(talk.earlier) == 1:
        return f"You said one thing before this: “{talk.earlier[0]}”."
    said = "\n".join(f"{number}. {text}" for number, text in enumerate(talk.earlier[-5:], 1))
    return f"Here is what you said before this, oldest first:\n\n{said}"


def _introduce(talk: _Talk) -> str:
    told = (
        f"\n\nMy instructions for this conversation: “{talk.persona.instruction}”" if talk.persona.instruction else ""
    )
    return f"I am **{talk.persona.name}**, a chatbot made by {talk.persona.maker}. Ask me anything you like. 👋{told}"


def _always(text: str) -> Callable[[_Talk], str]:
    return lambda _: text


def _words(*words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


# The first rule whose words occur answers.
_RULES: tuple[tuple[re.Pattern[str], Callable[[_Talk], str]], ...] = (
    (_words("did I (?:just )?(?:say|ask|tell)", "remember", "said before", "I said"), _recall),
    (_words("who are you", "what are you", "your name", "introduce yourself"), _introduce),
    (_words("(?<!how )long", "longer", "story", "essay", "in detail", "everything about"), _always(LONG)),
    (_words("code", "python", "function", "script", "program"), _always(CODE)),
    (_words("list", "steps", "ideas", "tips", "recipe", "how do I", "plan"), _always(LIST)),
    (_words("compare", "table", "difference"), _always(SMALL_TABLE)),
    (_words("joke", "funny", "laugh"), lambda talk: talk.one_of(JOKES)),
    (_words("weather", "rain", "sun"), _always(WEATHER)),
    (_words("paris", "france"), _always(PARIS)),
    (_words("thanks", "thank you", "thx"), _always("You are very welcome! 😊 Is there anything else?")),
    (_words("bye", "goodbye", "good night"), _always("Goodbye, and come back soon! 👋")),
    (_words("hello", "hi", "hey", "good morning", "good evening"), lambda talk: talk.one_of(GREETINGS)),
)
