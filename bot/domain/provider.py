"""What the program asks of a chat API: a few facts and one way to stream an answer."""

import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from bot.domain.content import Chunk

Role = Literal["user", "assistant"]

Memory = Literal["nothing", "people", "conversations"]
"""What a provider keeps by itself. nothing: `Prompt.history` is sent each time · people: what each person said, by
`Prompt.user_key` · conversations: each conversation, by the id that it gave in a `Receipt`."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the history."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Persona:
    """How the bot presents itself in one server; None if nobody set it."""

    name: str | None = None
    gender: str | None = None
    prefix: str | None = None
    developer: str | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """Everything that one request to a provider is made of.

    `user_key` names the asker to a provider that remembers people: the Discord user id in decimal digits, followed
    by `.` and a counter once that user cleared the conversation. `conversation_id` and `history` (oldest first, whole
    turns) are for the others. `options` are the server's own provider settings, by the option's name.
    """

    text: str
    user_key: str
    conversation_id: str
    history: tuple[Message, ...] = ()
    persona: Persona = field(default_factory=Persona)
    options: Mapping[str, str] = field(default_factory=dict)
    jump: str | None = None
    retry_of: str | None = None
    is_personal: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider tells of an answer beside its content; empty or None for what it does not tell.

    `conversation_id` is the conversation that the answer belongs to, `answer_id` the answer itself, and `credits` what
    it cost.
    """

    conversation_id: str = ""
    answer_id: str = ""
    credits: float | None = None


@dataclass(frozen=True, slots=True)
class LookingUp:
    """The provider looks something up, and has no text for now."""


Owner = Literal["host", "server"]
"""Whose credentials a provider is asked with: the operator's, or those that the server's admins stored."""

Piece = Chunk | Receipt | LookingUp
"""What an answer's stream is made of. A later receipt replaces an earlier one."""


@dataclass(frozen=True, slots=True)
class Option:
    """A setting of one provider that a server's admins may change.

    `name` is its name in commands and in `Prompt.options`; `default` is the operator's value, None if it is not set.
    `limits` are the smallest and the largest number that it takes, None if it takes no number. `pattern` is a regular
    expression for the values that it takes, None if it takes any.
    """

    name: str
    default: str | None = None
    limits: tuple[float, float] | None = None
    pattern: str | None = None

    def accepts(self, value: str) -> bool:
        """Return whether the provider takes this value."""
        if self.pattern is not None and not re.fullmatch(self.pattern, value):
            return False
        if self.limits is None:
            return True
        try:
            return self.limits[0] <= float(value) <= self.limits[1]
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that an option may take, with the name to show for it."""

    value: str
    title: str


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Credentials that cannot be tried without asking a question.

    `variable` is the setting with which some of them could be, None if the API has no way at all.
    """

    variable: str | None = None


@dataclass(frozen=True, slots=True)
class NotReady:
    """Credentials that were accepted, for a chatbot that cannot answer yet; `failed` if it never will by itself."""

    failed: bool


@dataclass(frozen=True, slots=True)
class Account:
    """Credentials that were accepted, and the name of the chatbot that answers.

    `credits_used` and `credits_left` are None if the API does not tell them; the latter may be below 0.
    """

    chatbot: str
    credits_used: float | None = None
    credits_left: float | None = None

    @property
    def is_used_up(self) -> bool:
        """Whether no credits are left."""
        return self.credits_left is not None and self.credits_left <= 0


Checked = Unchecked | NotReady | Account | None
"""What trying the credentials came to; None if all is well."""


def variable_prefix(provider: str) -> str:
    """Return what the environment variables of the provider with this name begin with."""
    return f"{provider.upper().replace('-', '_')}_"


def is_within(text: str, limit: int | None) -> bool:
    """Return whether `text` has at most `limit` characters, or any number if that is None."""
    return limit is None or len(text) <= limit


class Provider(Protocol):
    """One chat API, ready to be asked."""

    @property
    def name(self) -> str:
        """Its one spelling in code, environment, database and command."""
        ...

    @property
    def label(self) -> str:
        """Its name in sentences."""
        ...

    @property
    def question_limit(self) -> int | None:
        """The longest question it takes, in characters."""
        ...

    @property
    def remembers(self) -> Memory:
        """What it keeps of earlier questions."""
        ...

    @property
    def streams(self) -> bool:
        """Whether text arrives in pieces worth showing one by one."""
        ...

    @property
    def takes_persona(self) -> bool:
        """Whether it uses `Prompt.persona`."""
        ...

    @property
    def options(self) -> Sequence[Option]:
        """What a server's admins may set for it."""
        ...

    def takes(self, text: str) -> bool:
        """Return whether this can be sent as a question."""
        return is_within(text, self.question_limit)

    def max_chars(self, text: str) -> int | None:
        """Return how many characters of `text` can be sent; None if there is no limit to that."""
        ...

    def stream(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        """Ask, and yield the answer piece by piece; raises `ProviderError`. Closing the generator ends the request."""
        ...

    async def check(self) -> Checked:
        """Try the credentials if the API has a free way to, never by asking a question; raises `ProviderError`."""
        ...


def find_option(provider: Provider, name: str) -> Option | None:
    """Return the provider's option with this name, None if it has none."""
    return next((option for option in provider.options if option.name == name), None)


@runtime_checkable
class SuggestsQuestions(Protocol):
    """A provider whose chatbot may suggest what to ask it."""

    async def suggestions(self) -> Sequence[str]:
        """Return the questions that it suggests, the best first. Raises `ProviderError`."""
        ...


@runtime_checkable
class ScoresAnswers(Protocol):
    """A provider that can tell later how sure its chatbot was of an answer."""

    async def score(self, receipt: Receipt) -> float | None:
        """Return a number from 0 to 1 for the answer of `receipt`, None if there is none. Raises `ProviderError`."""
        ...


@runtime_checkable
class OffersChoices(Protocol):
    """A provider that can list the values of one of its options."""

    async def choices(self, option: str) -> Sequence[Choice]:
        """Return what `option` may be set to; empty if the API cannot be asked. Raises `ProviderError`."""
        ...
