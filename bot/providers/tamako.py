"""Tamako: one GET per question, everything in the query string; the server remembers each user.

Wire facts from `reference/provider-docs/tamako.txt`; what newer servers do from `reference/providers.md`.
"""

import re
from collections.abc import AsyncGenerator, Sequence
from html import unescape
from itertools import accumulate, takewhile
from typing import ClassVar
from urllib.parse import quote_plus

from bot.domain.content import Chunk
from bot.domain.errors import ProviderError, Unauthorized
from bot.domain.provider import Prompt
from bot.domain.secrets.forms import CredentialForm, identifier, secret
from bot.providers.base import ChatApi
from bot.providers.body_errors import tells_error
from bot.providers.response import text_of
from bot.providers.settings import Address, ProviderSettings, SecretText

_ESCAPED = re.compile(r"&(?:lt|gt|amp|quot|apos|#0*(?:34|38|39|60|62)|#[xX]0*(?:22|26|27|3[cCeE]));")
_SUCCESS = 200
_USER_DIGITS = 18

_MAX_URL_TEXT = 6500
"""How long a question with all that goes along may be, in the bytes of an address: its servers refuse one over 8 kB
(status 431), of which the rest of the parameters may take 1,500 bytes."""


_NEWER_LOGIN = ("prvid", "svcid", "svcsecret")


class TamakoSettings(ProviderSettings):
    """Tamako's credentials and address.

    Servers came in three generations: with the documented login, with that of newer clients, and with none at all. An
    address that is set without any login is one of the last.
    """

    env_prefix: ClassVar[str] = "TAMAKO_"
    required: ClassVar[tuple[str, ...]] = ("username", "app_id", "app_secret")
    credential_forms: ClassVar[tuple[CredentialForm, ...]] = (
        CredentialForm((identifier("username"), identifier("app_id"), secret("app_secret"))),
        CredentialForm((identifier("prvid"), identifier("svcid"), secret("svcsecret")), "newer"),
    )

    username: SecretText | None = None
    app_id: SecretText | None = None
    app_secret: SecretText | None = None
    prvid: SecretText | None = None
    svcid: SecretText | None = None
    svcsecret: SecretText | None = None
    api_url: Address = "https://api.tamako.tech/api/chat"

    @property
    def missing(self) -> tuple[str, ...]:
        """What is missing of the login that somebody began to fill in; else of the documented one."""
        begun = [login for login in (self.required, _NEWER_LOGIN) if self._filled(login)]
        if not begun:
            return () if "api_url" in self.model_fields_set else self._unset(self.required)
        return min(map(self._unset, begun), key=len)

    @property
    def partly_configured(self) -> bool:
        """Whether somebody began to fill in a login."""
        return bool(self._filled((*self.required, *_NEWER_LOGIN)))

    def _filled(self, fields: Sequence[str]) -> Sequence[str]:
        return [field for field in fields if getattr(self, field) is not None]

    def _unset(self, fields: Sequence[str]) -> tuple[str, ...]:
        return tuple(self.variable(field) for field in fields if getattr(self, field) is None)


class Tamako(ChatApi[TamakoSettings]):
    """The Tamako chat API."""

    name = "tamako"
    label = "Tamako"
    remembers = "people"
    takes_persona = True
    settings_type = TamakoSettings

    def takes(self, text: str) -> bool:
        """Return whether a question fits into the address."""
        return len(text) <= _MAX_URL_TEXT and len(quote_plus(text, errors="replace")) <= _MAX_URL_TEXT

    def max_chars(self, text: str) -> int | None:
        """Return how many characters of `text` fit into the address: a Cyrillic letter takes six bytes there."""
        if self.takes(text):
            return None
        bytes_up_to = accumulate(len(quote_plus(character, errors="replace")) for character in text[:_MAX_URL_TEXT])
        return sum(1 for _ in takewhile(lambda length: length <= _MAX_URL_TEXT, bytes_up_to))

    async def _answer(self, prompt: Prompt) -> AsyncGenerator[Chunk]:
        request = self._request(self._settings.api_url, prompt, params=self._parameters(prompt))
        async with self._http.send(request) as reply:
            status, payload = reply.status, await reply.json_object()
        if status != _SUCCESS or tells_error(payload):
            raise self._explain(payload) or self._refused(prompt, status, payload)
        if text := text_of(self.label, payload, "response") or text_of(self.label, payload, "message"):
            yield _ESCAPED.sub(lambda entity: unescape(entity[0]), text)

    def _parameters(self, prompt: Prompt) -> dict[str, str]:
        persona = prompt.persona
        digits, dot, counter = prompt.user_key.partition(".")
        parameters = {
            **self._credentials(),
            "message": prompt.text,
            "user": prompt.user_key,
            "userid": digits.zfill(_USER_DIGITS) + dot + counter,
            "name": persona.name,
            "gender": persona.gender,
            "dev": persona.developer,
            "prefix": persona.prefix,
        }
        return {name: value for name, value in parameters.items() if value}

    def _credentials(self) -> dict[str, str]:
        settings = self._settings
        secrets = {
            "username": settings.username,
            "appid": settings.app_id,
            "appsecret": settings.app_secret,
            "prvid": settings.prvid,
            "svcid": settings.svcid,
            "svcsecret": settings.svcsecret,
        }
        return {name: secret.get_secret_value() for name, secret in secrets.items() if secret is not None}

    def _explain(self, payload: object) -> ProviderError | None:
        """Know the document's word for wrong authorisation: the text "null", under a status that it does not name."""
        told = isinstance(payload, dict) and payload.get("error") == "null"
        return Unauthorized(self.label) if told else None
