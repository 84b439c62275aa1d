"""Chatbase v1: the whole conversation goes out with every question, and the answer may stream.

Wire facts from `reference/provider-docs/chatbase.txt`; the list of chatbots from `reference/providers.md`.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Annotated, ClassVar
from urllib.parse import urljoin

from pydantic import Field

from bot.domain.content import Chunk
from bot.domain.errors import InvalidResponse, NotFound, ProviderError, WrongAddress
from bot.domain.provider import Checked, NotReady, Option, Prompt, Unchecked
from bot.domain.secrets.forms import CredentialForm, identifier, secret
from bot.providers.base import ChatApi
from bot.providers.charsets import BodyDecoder
from bot.providers.settings import Address, HeaderSecret, ProviderSettings, bearer
from bot.providers.streams.chatbase_stream import AnswerStream

_COLDEST, _WARMEST = 0.0, 1.0
"""The temperatures that it takes."""


class ChatbaseSettings(ProviderSettings):
    """Chatbase's credentials and address, and the request fields that are the operator's to set."""

    env_prefix: ClassVar[str] = "CHATBASE_"
    required: ClassVar[tuple[str, ...]] = ("api_key", "chatbot_id")
    credential_forms: ClassVar[tuple[CredentialForm, ...]] = (
        CredentialForm((secret("api_key"), identifier("chatbot_id"))),
    )
    operators_fields: ClassVar[tuple[str, ...]] = ("api_url", "stream")

    api_key: HeaderSecret | None = None
    chatbot_id: str | None = None
    api_url: Address = "https://www.chatbase.co/api/v1/chat"
    stream: bool = True
    model: str | None = None
    temperature: Annotated[float, Field(ge=_COLDEST, le=_WARMEST)] | None = None


class Chatbase(ChatApi[ChatbaseSettings]):
    """The Chatbase v1 chat API."""

    name = "chatbase"
    label = "Chatbase"
    settings_type = ChatbaseSettings

    @property
    def streams(self) -> bool:
        """Whether a stream is asked for."""
        return self._settings.stream

    @property
    def options(self) -> Sequence[Option]:
        """What a server's admins may set."""
        temperature = self._settings.temperature
        return (
            Option("model", self._settings.model),
            Option("temperature", None if temperature is None else f"{temperature:g}", (_COLDEST, _WARMEST)),
        )

    async def check(self) -> Checked:
        """Look the chatbot up in the list of all that belong to the key; the list is free."""
        request = self._request(urljoin(self._settings.api_url, "get-chatbots"), headers=self._headers())
        try:
            async with self._http.send(request) as reply:
                chatbots = _find_chatbots(await reply.json())
        except (NotFound, WrongAddress, InvalidResponse):
            return Unchecked()  # an address of the operator's own, with nothing but the chat behind it
        if chatbots is None:
            return Unchecked()
        status = chatbots.get(self._settings.chatbot_id or "")
        if status is None:
            raise NotFound(self.label)
        return NotReady(failed=status == "failed") if status in ("training", "failed") else None

    async def _answer(self, prompt: Prompt) -> AsyncGenerator[Chunk]:
        request = self._request(self._settings.api_url, prompt, headers=self._headers(), body=self._body(prompt))
        async with self._http.send(request) as reply:
            status = reply.status
            answer = AnswerStream(
                self.label,
                reply.media_type,
                streaming=self.streams,
                delimited=reply.delimited,
                refuse=lambda payload: self._refused(prompt, status, payload),
                decoder=BodyDecoder(reply.charset),
            )
            fault: ProviderError | None = None
            try:
                async for chunk in reply:
                    for text in answer.feed(chunk):
                        yield text
                    if answer.finished:
                        return
            except ProviderError as error:
                fault = error
            for text in answer.salvage() if fault else answer.close():
                yield text
            if fault:
                raise fault

    def _headers(self) -> dict[str, str]:
        key = self._settings.api_key
        assert key is not None
        return bearer(key)

    def _body(self, prompt: Prompt) -> dict[str, object]:
        messages = [{"content": message.text, "role": message.role} for message in prompt.history]
        messages.append({"content": prompt.text, "role": "user"})
        fields: dict[str, object] = {
            "messages": messages,
            "chatbotId": self._settings.chatbot_id,
            "stream": self.streams,
            "temperature": self._temperature(prompt),
            "conversationId": prompt.conversation_id or None,
            "model": prompt.options.get("model") or self._settings.model,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def _temperature(self, prompt: Prompt) -> float | None:
        """Return the server's value, or the operator's if the server has none that is a number from 0 to 1."""
        try:
            chosen = float(prompt.options.get("temperature", ""))
        except ValueError:
            return self._settings.temperature
        return chosen if 0 <= chosen <= 1 else self._settings.temperature


def _find_chatbots(payload: object, depth: int = 3) -> Mapping[str, str] | None:
    """Return the status of each chatbot by its id, an empty text if it has none; None if there is no list.

    The list is in `chatbots`, or in `data` within that; an id is in `chatbotId` or `id`.
    """
    if isinstance(payload, dict) and depth:
        found = (_find_chatbots(payload.get(field), depth - 1) for field in ("chatbots", "data"))
        return next((chatbots for chatbots in found if chatbots is not None), None)
    if not isinstance(payload, list):
        return None
    chatbots = [each for each in payload if isinstance(each, dict)]
    return {str(each.get("chatbotId") or each.get("id")): str(each.get("status") or "").lower() for each in chatbots}
