"""Stammer.ai: one POST per question; the server remembers each user by `user_key`.

Wire facts from `reference/provider-docs/stammer.txt`; where a reply holds its answer from `reference/providers.md`.
"""

import re
from collections.abc import AsyncGenerator, Sequence
from typing import Annotated, ClassVar

from pydantic import AfterValidator

from bot.chat.errors import NoReply, NotReady
from bot.chat.prompts import Prompt
from bot.chat.provider import Option
from bot.chat.rich import Piece
from bot.providers.base import ChatApi
from bot.providers.reply import JsonObject, Reply, text_of
from bot.providers.settings import Address, HeaderSecret, ProviderSettings

_ACCEPTED = 202


def _check_uuid(value: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value, re.IGNORECASE):
        raise ValueError("must be a UUID such as 12345678-1234-5678-1234-567812345678")
    return value


class StammerSettings(ProviderSettings):
    """Stammer.ai's credentials and address; agencies have domains, and languages paths, of their own."""

    env_prefix: ClassVar[str] = "STAMMER_"
    required: ClassVar[tuple[str, ...]] = ("api_token", "chatbot_uuid")

    api_token: HeaderSecret | None = None
    chatbot_uuid: Annotated[str, AfterValidator(_check_uuid)] | None = None
    api_url: Address = "https://app.stammer.ai/en/chatbot/api/v1/message/"
    system_prompt: str | None = None


class Stammer(ChatApi[StammerSettings]):
    """The Stammer.ai message API."""

    name = "stammer"
    label = "Stammer.ai"
    question_limit = 4999
    remembers = True
    settings_type = StammerSettings

    @property
    def options(self) -> Sequence[Option]:
        """What a server's admins may set."""
        description = "What the chatbot is told to be, instead of its own base system message"
        return (Option("system-prompt", description, self._settings.system_prompt),)

    async def _answer(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        request = self._request(self._settings.api_url, prompt, headers=self._headers(), body=self._body(prompt))
        async with self._http.send(request) as reply:
            status, payload = reply.status, await self._payload(reply)
        answer = self._find_answer(payload)
        if answer is not None:
            yield answer
        elif payload.get("error"):
            raise self._refused(prompt, status, payload)
        elif status == _ACCEPTED:
            raise NotReady(self.label)

    async def _payload(self, reply: Reply) -> JsonObject:
        try:
            return await reply.json_object()
        except NoReply:
            return {}

    def _headers(self) -> dict[str, str]:
        token = self._settings.api_token
        assert token is not None
        return {"Authorization": f"Token {token.get_secret_value()}", "Accept": "application/json"}

    def _body(self, prompt: Prompt) -> dict[str, object]:
        body: dict[str, object] = {
            "chatbot_uuid": self._settings.chatbot_uuid,
            "query": prompt.text,
            "user_key": prompt.user_key,
        }
        if system_prompt := self._system_prompt(prompt):
            body["custom_base_system_prompt"] = system_prompt
        return body

    def _system_prompt(self, prompt: Prompt) -> str | None:
        return prompt.options.get("system-prompt") or self._settings.system_prompt

    def _find_answer(self, payload: JsonObject) -> str | None:
        data = payload.get("data")
        if isinstance(data, dict) and (answer := text_of(self.label, data, "answer")):
            return answer
        candidates = (text_of(self.label, payload, field) for field in ("answer", "response", "message"))
        return next(filter(None, candidates), None)

    def _private_texts(self, prompt: Prompt) -> tuple[str, ...]:
        return (*super()._private_texts(prompt), self._system_prompt(prompt) or "")
