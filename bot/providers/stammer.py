"""Stammer.ai: one POST per question; the server remembers each user by `user_key`.

Wire facts from `reference/provider-docs/stammer.txt`; the place of the answer in a reply from `reference/providers.md`.
"""

import re
from collections.abc import AsyncGenerator, Sequence
from typing import Annotated, ClassVar
from urllib.parse import urljoin

from pydantic import AfterValidator, BeforeValidator

from bot.domain.content import Chunk
from bot.domain.errors import NoAnswerYet, NoReply, NotFound, WrongAddress
from bot.domain.provider import Checked, Option, Prompt, Unchecked
from bot.domain.secrets.forms import ADDRESS, CredentialForm, identifier, secret
from bot.providers.base import ChatApi
from bot.providers.body_errors import tells_error
from bot.providers.error_text import are_field_faults
from bot.providers.response import HttpResponse, JsonObject, text_of
from bot.providers.settings import Address, HeaderSecret, ProviderSettings, check_address

_ACCEPTED = 202
_WHO_AM_I = "/en/user/api/v1/me/"
_ELSEWHERE = ("answer", "response", "message")
"""Where the answer is if not in `data.answer`; beside an error, a `message` is the error's."""


def _check_uuid(value: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value, re.IGNORECASE):
        raise ValueError(
            f"has {len(value):,} characters, but must be a UUID such as 12345678-1234-5678-1234-567812345678"
        )
    return value


def _split(value: object) -> object:
    """Return addresses that are separated by commas, each one that may be called; raises ValueError."""
    if not isinstance(value, str):
        return value
    return tuple(check_address(each.strip()) for each in value.split(",") if each.strip())


class StammerSettings(ProviderSettings):
    """Stammer.ai's credentials and address; agencies have domains, and languages paths, of their own."""

    env_prefix: ClassVar[str] = "STAMMER_"
    required: ClassVar[tuple[str, ...]] = ("api_token", "chatbot_uuid")
    credential_forms: ClassVar[tuple[CredentialForm, ...]] = (
        CredentialForm((secret("api_token"), identifier("chatbot_uuid"), identifier(ADDRESS))),
    )

    api_token: HeaderSecret | None = None
    chatbot_uuid: Annotated[str, AfterValidator(_check_uuid)] | None = None
    api_url: Address = "https://app.stammer.ai/en/chatbot/api/v1/message/"
    api_urls: Annotated[tuple[str, ...] | None, BeforeValidator(_split)] = None
    system_prompt: str | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        """The operator's address, and those of agencies that servers may choose among."""
        return tuple(dict.fromkeys((self.api_url, *(self.api_urls or ()))))


class Stammer(ChatApi[StammerSettings]):
    """The Stammer.ai message API."""

    name = "stammer"
    label = "Stammer.ai"
    question_limit = 4999
    remembers = "people"
    settings_type = StammerSettings

    @property
    def options(self) -> Sequence[Option]:
        """What a server's admins may set."""
        return (Option("system-prompt", self._settings.system_prompt),)

    async def check(self) -> Checked:
        """Ask whose token it is; which chatbots belong to it, the API does not say."""
        request = self._request(urljoin(self._settings.api_url, _WHO_AM_I), headers=self._headers())
        try:
            async with self._http.send(request):
                return None
        except (NotFound, WrongAddress):
            return Unchecked()  # an installation that does not have it

    async def _answer(self, prompt: Prompt) -> AsyncGenerator[Chunk]:
        request = self._request(self._settings.api_url, prompt, headers=self._headers(), body=self._body(prompt))
        async with self._http.send(request) as reply:
            status, payload = reply.status, await self._payload(reply)
        error = _find_error(payload)
        answer = self._find_answer(payload, among=() if error else _ELSEWHERE)
        if answer is not None:
            yield answer
        if error is not None:
            raise self._refused(prompt, status, error)
        if answer is None and status == _ACCEPTED:
            raise NoAnswerYet(self.label)
        if answer is None and (payload.get("detail") or are_field_faults(payload)):
            raise self._refused(prompt, status, payload)

    async def _payload(self, reply: HttpResponse) -> JsonObject:
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

    def _find_answer(self, payload: JsonObject, among: Sequence[str]) -> str | None:
        """Return `data.answer`, else the first of the top-level fields `among` that holds a text."""
        data = payload.get("data")
        if isinstance(data, dict) and (answer := text_of(self.label, data, "answer")):
            return answer
        return next(filter(None, (text_of(self.label, payload, field) for field in among)), None)

    def _private_texts(self, prompt: Prompt) -> tuple[str, ...]:
        return (*super()._private_texts(prompt), self._system_prompt(prompt) or "")


def _find_error(payload: JsonObject) -> JsonObject | None:
    """Return the object that tells of an error: the reply itself or its `data`; None if neither does."""
    return next((each for each in (payload, payload.get("data")) if isinstance(each, dict) and tells_error(each)), None)
