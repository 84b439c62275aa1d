"""ChatBot.com: one POST to `/query` per question; the server remembers each session for ten minutes.

Tokens and errors from `reference/provider-docs/chatbot.txt`; requests and replies from `reference/providers.md`.
"""

import re
from collections.abc import AsyncGenerator, Sequence
from typing import Annotated, ClassVar

from pydantic import AfterValidator, SecretStr

from bot.domain.content import Chunk
from bot.domain.errors import InvalidResponse, NotFound
from bot.domain.provider import Checked, Choice, Option, Prompt, Unchecked
from bot.domain.secrets.forms import CredentialForm, identifier, secret
from bot.providers.base import ChatApi
from bot.providers.body_errors import tells_error
from bot.providers.chatbot_fulfillment import read_items
from bot.providers.response import JsonObject, as_object
from bot.providers.settings import Address, HeaderSecret, ProviderSettings, bearer, below

_STORY_ID = "[0-9a-fA-F]{24}"


def _check_story(value: str) -> str:
    if not re.fullmatch(_STORY_ID, value):
        raise ValueError(f"has {len(value):,} characters, but must be a story's id: 24 hexadecimal digits")
    return value


class ChatBotSettings(ProviderSettings):
    """ChatBot.com's tokens, the story to talk to, and the base address."""

    env_prefix: ClassVar[str] = "CHATBOT_"
    required: ClassVar[tuple[str, ...]] = ("client_token",)
    credential_forms: ClassVar[tuple[CredentialForm, ...]] = (
        CredentialForm(
            (
                secret("client_token", is_required=False),
                secret("developer_token", is_required=False),
                identifier("story_id", is_required=False),
            )
        ),
    )

    client_token: HeaderSecret | None = None
    developer_token: HeaderSecret | None = None
    story_id: Annotated[str, AfterValidator(_check_story)] | None = None
    api_url: Address = "https://api.chatbot.com"

    @property
    def missing(self) -> tuple[str, ...]:
        """The client token, unless the developer token stands in for it."""
        return () if self.developer_token is not None else super().missing

    @property
    def talking_token(self) -> SecretStr | None:
        """The token for questions: the client's, which can do nothing else, and the developer's only without it."""
        return self.client_token or self.developer_token


class ChatBot(ChatApi[ChatBotSettings]):
    """The ChatBot.com API."""

    name = "chatbot"
    label = "ChatBot.com"
    question_limit = 256
    remembers = "people"
    settings_type = ChatBotSettings

    @property
    def options(self) -> Sequence[Option]:
        """What a server's admins may set."""
        return (Option("story", self._settings.story_id, pattern=_STORY_ID),)

    async def choices(self, option: str) -> Sequence[Choice]:
        """Return the stories for `story`; nothing for any other option, or without the developer token."""
        token = self._settings.developer_token
        return await self._stories(token) if option == "story" and token is not None else ()

    async def check(self) -> Checked:
        """Try the developer token by listing the stories; the client token can only ask questions."""
        token = self._settings.developer_token
        if token is None:
            return Unchecked("CHATBOT_DEVELOPER_TOKEN")
        await self._stories(token)
        return None

    async def _answer(self, prompt: Prompt) -> AsyncGenerator[Chunk]:
        token = self._settings.talking_token
        assert token is not None
        request = self._request(self._address("query"), prompt, headers=bearer(token), body=self._body(prompt))
        async with self._http.send(request) as reply:
            payload = await reply.json_object()
        self._check(prompt, reply.status, payload)
        for piece in read_items(self._fulfillment(payload)):
            yield piece

    def _check(self, prompt: Prompt | None, http_status: int, payload: JsonObject) -> None:
        """Raise what a body tells of that came with a success: its own `status`, or an error in any other shape."""
        status = _status_of(payload)
        if status is not None and not 200 <= status < 300:
            raise self._refused(prompt, status, payload)
        if tells_error(payload):
            raise self._refused(prompt, http_status, payload)

    def _body(self, prompt: Prompt) -> dict[str, object]:
        said = {"query": prompt.text} if prompt.jump is None else {"goto": prompt.jump}
        story = prompt.options.get("story") or self._settings.story_id
        return {**said, "sessionId": prompt.user_key, **({"storyId": story} if story else {})}

    def _fulfillment(self, payload: JsonObject) -> list[object]:
        items = as_object(self.label, payload.get("result")).get("fulfillment")
        if not isinstance(items, list):
            raise InvalidResponse(self.label, "`fulfillment` is not a list")
        return items

    async def _stories(self, token: SecretStr) -> Sequence[Choice]:
        try:
            return await self._list_stories(token, "v2/stories")
        except NotFound:
            pass
        return await self._list_stories(token, "stories")

    async def _list_stories(self, token: SecretStr, path: str) -> Sequence[Choice]:
        async with self._http.send(self._request(self._address(path), headers=bearer(token))) as reply:
            payload = await reply.json()
        if isinstance(payload, dict):
            self._check(None, reply.status, payload)
            payload = next((payload[key] for key in ("stories", "data", "result") if key in payload), None)
        if not isinstance(payload, list):
            raise InvalidResponse(self.label, "no list of stories")
        return tuple(choice for choice in map(_read_story, payload) if choice is not None)

    def _address(self, path: str) -> str:
        return below(self._settings.api_url, path)


def _status_of(payload: JsonObject) -> int | None:
    """Return `status.code`, which is an HTTP status; None if there is none."""
    status = payload.get("status")
    code = status.get("code") if isinstance(status, dict) else None
    if isinstance(code, str) and re.fullmatch(r"[0-9]{3}", code):
        return int(code)
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def _read_story(story: object) -> Choice | None:
    if not isinstance(story, dict) or not isinstance(story.get("id"), str) or not story["id"]:
        return None
    name = story.get("name")
    return Choice(story["id"], name if isinstance(name, str) and name else story["id"])
