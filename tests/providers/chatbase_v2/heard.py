"""What the provider made of an answer, gathered to its end."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.domain.errors import ErrorReported, ProviderError
from bot.domain.provider import LookingUp, Prompt, Provider, Receipt
from bot.providers.streams.chatbase_v2_answer import ChatbaseV2Answer
from tests.providers.conftest import PROMPT

FRESH = replace(PROMPT, conversation_id="")
"""A question that begins a conversation."""


@dataclass(slots=True)
class Heard:
    """An answer's text, its last receipt, how often something was looked up, and the error that ended it."""

    texts: list[str] = field(default_factory=list)
    receipt: Receipt | None = None
    lookups: int = 0
    fault: ProviderError | None = None

    @property
    def text(self) -> str:
        return "".join(self.texts)

    @property
    def kind(self) -> type[ProviderError] | None:
        """The kind of error."""
        return None if self.fault is None else type(self.fault)


async def hear(provider: Provider, prompt: Prompt = FRESH, noticed: Callable[[], object] = lambda: None) -> Heard:
    """Ask, and gather everything; `noticed` is called after each piece."""
    heard = Heard()
    try:
        async for piece in provider.stream(prompt):
            noticed()
            match piece:
                case str():
                    heard.texts.append(piece)
                case Receipt():
                    heard.receipt = piece
                case LookingUp():
                    assert not heard.texts, "something was looked up after text had come"
                    heard.lookups += 1
    except ProviderError as error:
        heard.fault = error
    return heard


def read(*chunks: bytes, fault: ProviderError | None = None) -> tuple[str, Receipt | None, type[ProviderError] | None]:
    """Return what the decoder alone makes of these bytes, after which `fault` ends the body, or nothing does."""

    def refuse(_payload: object) -> ProviderError:
        return ErrorReported("X")

    answer = ChatbaseV2Answer("X", refuse)
    text, receipt = "", None
    try:
        for pieces in (*(answer.feed(chunk) for chunk in chunks), answer.close(fault)):
            for piece in pieces:
                text += piece if isinstance(piece, str) else ""
                receipt = piece if isinstance(piece, Receipt) else receipt
    except ProviderError as error:
        return text, receipt, type(error)
    return text, receipt, None
