"""The default answers: plausible, the same for the same question, and in other words each time it is asked again."""

import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandbox.apis import canned_samples as samples
from sandbox.apis import canned_texts as texts


@dataclass(frozen=True, slots=True)
class Persona:
    """Who answers."""

    name: str
    maker: str
    instruction: str | None = None
    """A system prompt to mention when asked."""
    voice: int = 0
    """With which wording it begins, so that two chatbots differ."""


@dataclass(frozen=True, slots=True)
class _Talk:
    question: str
    earlier: Sequence[str]
    persona: Persona
    run: int

    def one_of(self, wordings: Sequence[str]) -> str:
        """Pick by who is asked for the how-manyth time."""
        return wordings[(self.persona.voice + self.run) % len(wordings)]

    def any_of(self, choices: Sequence[str]) -> str:
        """Pick by the question too, so that different questions get different answers."""
        begin = zlib.crc32(self.question.casefold().encode())
        return choices[(begin + self.persona.voice + self.run) % len(choices)]

    @property
    def quoted(self) -> str:
        """The question on one line, shortened."""
        line = " ".join(self.question.split()).rstrip("?!. ")
        return line if len(line) <= 80 else line[:79].rstrip() + "…"


def answer(question: str, earlier: Sequence[str], persona: Persona, run: int = 0) -> str:
    """Answer by the simple keywords in the question.

    `earlier` is what the same user said before, oldest first; `run` is how often this was asked before.
    """
    talk = _Talk(question, earlier, persona, run)
    for keywords, reply in _RULES:
        if keywords.search(question):
            return reply(talk)
    return talk.any_of(texts.OPINIONS).format(question=talk.quoted)


def _recall(talk: _Talk) -> str:
    if not talk.earlier:
        return "This is the first thing you have said to me, so I have nothing to look back on yet. 🙂"
    if len(talk.earlier) == 1:
        return f"You said one thing before this: “{talk.earlier[0]}”."
    said = "\n".join(f"{number}. {text}" for number, text in enumerate(talk.earlier[-5:], 1))
    return f"{talk.one_of(texts.RECALLS)}\n\n{said}"


def _introduce(talk: _Talk) -> str:
    told = (
        f"\n\nMy instructions for this conversation: “{talk.persona.instruction}”" if talk.persona.instruction else ""
    )
    wording = texts.INTRODUCTIONS[talk.run % len(texts.INTRODUCTIONS)]  # a name is difference enough
    said = wording.format(name=talk.persona.name, maker=talk.persona.maker)
    return f"{said}{told}"


def _wordings(wordings: Sequence[str]) -> Callable[[_Talk], str]:
    return lambda talk: talk.one_of(wordings)


def _choices(choices: Sequence[str]) -> Callable[[_Talk], str]:
    return lambda talk: talk.any_of(choices)


def _words(*words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


# The first rule whose words occur answers.
_RULES: tuple[tuple[re.Pattern[str], Callable[[_Talk], str]], ...] = (
    (_words("did I (?:just )?(?:say|ask|tell)", "remember", "said before", "I said"), _recall),
    (_words("who are you", "what are you", "your name", "introduce yourself"), _introduce),
    (_words("what can you", "what do you know", "help"), _wordings(samples.ABILITIES)),
    (_words("spoilers?", "secrets?", "riddles?"), _wordings(samples.SPOILERS)),
    (_words("markdown", "all at once", "everything you"), _wordings(samples.SAMPLER)),
    (_words("(?<!how )long", "longer", "story", "essay", "in detail", "everything about"), _wordings(texts.LONGS)),
    (_words("code", "python", "javascript", "functions?", "scripts?", "programs?"), _wordings(texts.CODES)),
    (_words("pictures?", "photos?", "images?", "draw", "drawings?"), _wordings(samples.PICTURES)),
    (_words("formulas?", "formulae", "equations?", "maths?", "latex"), _wordings(samples.FORMULAS)),
    (_words("compare", "comparison", "tables?", "differences?"), _wordings(samples.TABLES)),
    (_words("quotes?", "quotations?"), _wordings(samples.QUOTES)),
    (_words("lists?", "steps", "ideas", "tips", "recipe", "how do I", "plan"), _wordings(texts.LISTS)),
    (_words("jokes?", "funny", "laugh"), _choices(texts.JOKES)),
    (_words("weather", "rain", "sun"), _wordings(texts.WEATHER)),
    (_words("paris", "france"), _wordings(texts.PARIS)),
    (_words("thanks", "thank you", "thx"), _wordings(texts.THANKS)),
    (_words("bye", "goodbye", "good night"), _wordings(texts.FAREWELLS)),
    (_words("hello", "hi", "hey", "good morning", "good evening"), _choices(texts.GREETINGS)),
)
