"""What all providers share: their facts, and that an answer without content is an error."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import ClassVar, Generic, TypeVar

from bot.domain.errors import NoReply, ProviderError
from bot.domain.provider import Checked, LookingUp, Memory, Option, Piece, Prompt, Receipt, Unchecked, is_within
from bot.providers.body_errors import find_status
from bot.providers.error_mapping import error_for_status
from bot.providers.error_text import clean_error_text, find_error_text
from bot.providers.http import Http, Request
from bot.providers.settings import ProviderSettings

S = TypeVar("S", bound=ProviderSettings)


class ChatApi(ABC, Generic[S]):
    """The base of the providers; a subclass states its facts and says how to get an answer."""

    name: ClassVar[str]
    label: ClassVar[str]
    question_limit: ClassVar[int | None] = None
    remembers: ClassVar[Memory] = "nothing"
    takes_persona: ClassVar[bool] = False
    settings_type: ClassVar[type[ProviderSettings]]

    def __init__(self, settings: S, http: Http) -> None:
        self._settings = settings
        self._http = http

    @property
    def streams(self) -> bool:
        """Whether text arrives in pieces worth showing one by one."""
        return False

    @property
    def options(self) -> Sequence[Option]:
        """What a server's admins may set."""
        return ()

    def takes(self, text: str) -> bool:
        """Return whether this can be sent as a question."""
        return is_within(text, self.question_limit)

    def max_chars(self, text: str) -> int | None:  # noqa: ARG002 - its letters count only if they go into an address
        """Return how many characters of `text` can be sent; None if there is no limit to that."""
        return self.question_limit

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        """Ask, and yield the answer piece by piece; raises `ProviderError`.

        The caller keeps to `question_limit`.
        """
        empty = True
        async with aclosing(self._answer(prompt)) as pieces:
            async for piece in pieces:
                empty = empty and not _has_content(piece)
                yield piece
        if empty:
            raise NoReply(self.label)

    async def check(self) -> Checked:
        """Return that the credentials cannot be tried: asking a question is all that this API offers."""
        return Unchecked()

    @abstractmethod
    def _answer(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        """Yield the answer piece by piece; raises `ProviderError`."""

    def _request(
        self,
        url: str,
        prompt: Prompt | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> Request:
        return Request(
            label=self.label,
            url=url,
            headers=headers or {},
            params=params or {},
            body=body,
            secrets=self._settings.secrets,
            texts=() if prompt is None else self._private_texts(prompt),
            explain=self._explain,
        )

    def _explain(self, payload: object) -> ProviderError | None:
        """Return the error for a refusal if its body says more than the status, None if the status says it all."""

    def _refused(self, prompt: Prompt | None, status: int, payload: object) -> ProviderError:
        """Return the error that the body of a success tells of; `status` counts if the body names none itself."""
        texts = () if prompt is None else self._private_texts(prompt)
        reason = clean_error_text(find_error_text(payload), self._settings.secrets, texts)
        return error_for_status(self.label, find_status(payload) or status, reason=reason)

    def _private_texts(self, prompt: Prompt) -> tuple[str, ...]:
        """Return what people wrote, to be kept out of what an error says."""
        return (prompt.text, *(message.text for message in prompt.history))


def _has_content(piece: Piece) -> bool:
    return bool(piece.strip()) if isinstance(piece, str) else not isinstance(piece, Receipt | LookingUp)
