"""What the program asks of a chat API: a few facts and one way to stream an answer."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bot.chat.prompts import Prompt
from bot.chat.rich import Piece


@dataclass(frozen=True, slots=True)
class Option:
    """A setting of one provider that a server's admins may change.

    `name` is its name in commands and in `Prompt.options`; `default` is the operator's value, None where unset.
    """

    name: str
    description: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that an option may take, with the name to show for it."""

    value: str
    title: str


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
    def remembers(self) -> bool:
        """Whether it keeps the conversation itself, by `Prompt.user_key`; otherwise `Prompt.history` is sent."""
        ...

    @property
    def streams(self) -> bool:
        """Whether text arrives in pieces worth showing one by one."""
        ...

    @property
    def options(self) -> Sequence[Option]:
        """What a server's admins may set for it."""
        ...

    def stream(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        """Ask, and yield the answer piece by piece; raises `ProviderError`. Closing the generator ends the request."""
        ...

    async def check(self) -> str | None:
        """Try the credentials where the API has a free way to.

        Returns None when they were accepted, or else the reason why nothing could be tried; raises `ProviderError`.
        """
        ...


@runtime_checkable
class OffersChoices(Protocol):
    """A provider that can list the values of one of its options."""

    async def choices(self, option: str) -> Sequence[Choice]:
        """Return what `option` may be set to; empty where the API cannot be asked. Raises `ProviderError`."""
        ...
