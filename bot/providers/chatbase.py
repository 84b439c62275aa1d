"""Chatbase v1: the whole conversation goes out with every question, and the answer may stream.

Wire facts from `reference/provider-docs/chatbase.txt`.
"""

from collections.abc import AsyncGenerator, Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from bot.domain.content import Chunk
from bot.domain.errors import ProviderError
from bot.domain.provider import Option, Prompt
from bot.providers.base import ChatApi
from bot.providers.settings import Address, HeaderSecret, ProviderSettings
from bot.providers.streams.chatbase_stream import AnswerStream


class ChatbaseSettings(ProviderSettings):
    """Chatbase's credentials and address, and the request fields that are the operator's to set."""

    env_prefix: ClassVar[str] = "CHATBASE_"
    required: ClassVar[tuple[str, ...]] = ("api_key", "chatbot_id")

    api_key: HeaderSecret | None = None
    chatbot_id: str | None = None
    api_url: Address = "https://www.chatbase.co/api/v1/chat"
    stream: bool = True
    model: str | None = None
    temperature: Annotated[float, Field(ge=0, le=1)] | None = None


class Chatbase(ChatApi[ChatbaseSettings]):
    """The Chatbase v1 chat API."""

    name = "chatbase"
    label = "Chatbase"
    keeps_history = False
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
            Option("temperature", None if temperature is None else f"{temperature:g}"),
        )

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
        return {"Authorization": f"Bearer {key.get_secret_value()}"}

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
