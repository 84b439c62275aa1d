"""Chatbase v2: Chatbase keeps each conversation, by an id of its own, and streams typed events.

Wire facts from `reference/provider-docs/chatbase-v2.md`.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import ClassVar
from urllib.parse import quote

from bot.domain.errors import InvalidResponse, NotFound, ProviderError, TakenOver, WrongAddress
from bot.domain.provider import Checked, Message, Piece, Prompt, Receipt, Unchecked
from bot.domain.secrets.forms import CredentialForm, identifier, secret
from bot.providers.base import ChatApi
from bot.providers.charsets import BodyDecoder
from bot.providers.chatbase_v2_agent import read_account, read_suggestions
from bot.providers.response import HttpResponse, JsonObject, as_object
from bot.providers.settings import Address, HeaderSecret, ProviderSettings, bearer, below
from bot.providers.streams.chatbase_v2_answer import ChatbaseV2Answer, read_amount

_OVER = frozenset(
    {
        *("CHAT_CONVERSATION_MISMATCH", "CHAT_CONVERSATION_NOT_ONGOING", "RESOURCE_NOT_FOUND"),
        *("CHAT_RETRY_MESSAGE_NOT_FOUND", "CHAT_RETRY_NO_USER_MESSAGE"),
        *("RESOURCE_MESSAGE_NOT_FOUND", "RESOURCE_MESSAGE_NOT_ASSISTANT"),
    }
)
"""Refusals of a conversation, or of a message in it, after which only a new conversation helps."""

_PAGE, _MAX_PAGES = 50, 20
"""How much of a list is read at once, and how often, to find something in it; a page may have up to 100."""

_REST_SECONDS = 2.0
"""How long the end of a stream is waited for once the answer is complete. Until then others wait for their turn."""


class ChatbaseV2Settings(ProviderSettings):
    """Chatbase's key, the agent that answers, and the base address."""

    env_prefix: ClassVar[str] = "CHATBASE_V2_"
    required: ClassVar[tuple[str, ...]] = ("api_key", "agent_id")
    credential_forms: ClassVar[tuple[CredentialForm, ...]] = (
        CredentialForm((secret("api_key"), identifier("agent_id"))),
    )

    api_key: HeaderSecret | None = None
    agent_id: str | None = None
    api_url: Address = "https://www.chatbase.co/api/v2"


@dataclass(slots=True)
class _Exchange:
    """One question's request: the code of its refusal, empty if there is none, and whether any text came."""

    code: str = ""
    has_text: bool = False

    def note(self, payload: object) -> None:
        """Note the code that a refusal's body tells."""
        error = payload.get("error") if isinstance(payload, dict) else None
        code = error.get("code") if isinstance(error, dict) else None
        self.code = code if isinstance(code, str) else ""


class ChatbaseV2(ChatApi[ChatbaseV2Settings]):
    """The Chatbase API for agents, version 2."""

    name = "chatbase-v2"
    label = "Chatbase v2"
    remembers = "conversations"
    settings_type = ChatbaseV2Settings

    @property
    def streams(self) -> bool:
        """Whether text arrives in pieces worth showing one by one."""
        return True

    async def check(self) -> Checked:
        """Look the agent up in the list of all that the key can see; the list is free."""
        try:
            agent = await self._find_agent()
        except (NotFound, WrongAddress, InvalidResponse):
            return Unchecked()  # an address of the operator's own, with nothing but the chat behind it
        if agent is None:
            raise NotFound(self.label)
        return read_account(agent)

    async def suggestions(self) -> Sequence[str]:
        """Return the questions that the agent suggests."""
        return read_suggestions(await self._find_agent() or {})

    async def score(self, receipt: Receipt) -> float | None:
        """Return how well the agent found that its sources cover the answer, None if it does not say."""
        if not receipt.conversation_id or not receipt.answer_id:
            return None
        message = await self._find(f"{_conversation(receipt.conversation_id)}/messages", receipt.answer_id)
        told = (message or {}).get("metadata")
        score = read_amount(told.get("score")) if isinstance(told, dict) else None
        return score if score is not None and score <= 1 else None

    async def _answer(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        if prompt.conversation_id:
            exchange, fault = _Exchange(), None
            async with aclosing(self._ask(prompt, *self._going_on(prompt), exchange)) as pieces:
                try:
                    async for piece in pieces:
                        yield piece
                except ProviderError as error:
                    fault = error
            if exchange.has_text or (fault is not None and exchange.code not in _OVER):
                if fault is not None:
                    raise fault
                return
            await self._check_for_person(prompt)
            if fault is None:
                return  # an empty answer
        async with aclosing(self._ask(prompt, *self._beginning(prompt), _Exchange())) as pieces:
            async for piece in pieces:
                yield piece

    async def _ask(
        self, prompt: Prompt, path: str, body: Mapping[str, object], exchange: _Exchange
    ) -> AsyncGenerator[Piece]:
        request = self._request(self._address(path), prompt, headers=self._headers(), body={**body, "stream": True})

        def refuse(payload: object) -> ProviderError:
            exchange.note(payload)
            return self._refused(prompt, status, payload)

        async with self._http.send(replace(request, explain=exchange.note)) as reply:
            status = reply.status
            answer = ChatbaseV2Answer(self.label, refuse, BodyDecoder(reply.charset))
            fault: ProviderError | None = None
            until: float | None = None
            try:
                while not answer.finished and (chunk := await _next(reply, until)):
                    for piece in answer.feed(chunk):
                        exchange.has_text = answer.has_text
                        yield piece
                    if answer.is_whole and until is None:
                        until = asyncio.get_running_loop().time() + _REST_SECONDS
            except ProviderError as error:
                fault = error
            for piece in answer.close(fault):
                exchange.has_text = answer.has_text
                yield piece

    def _going_on(self, prompt: Prompt) -> tuple[str, dict[str, object]]:
        """Return path and body for a question in its conversation, or for another answer to the last one there."""
        if prompt.retry_of:
            return f"{_conversation(prompt.conversation_id)}/retry", {"messageId": prompt.retry_of}
        return "chat", {"message": prompt.text, "conversationId": prompt.conversation_id}

    def _beginning(self, prompt: Prompt) -> tuple[str, dict[str, object]]:
        """Return path and body for a question that begins a conversation; it is told of the turns before it."""
        owner = {"userId": prompt.user_key} if prompt.is_personal else {}
        return "chat", {"message": _with_history(prompt), **owner}

    async def _check_for_person(self, prompt: Prompt) -> None:
        """Raise `TakenOver` if a person answers the conversation, or paused it."""
        try:
            conversation = await self._get(_conversation(prompt.conversation_id))
        except NotFound:
            return
        answer = conversation.get("data", conversation)
        status = answer.get("status") if isinstance(answer, dict) else None
        if status in ("taken_over", "paused"):
            raise TakenOver(self.label, is_paused=status == "paused")

    async def _find_agent(self) -> JsonObject | None:
        """Return the agent, an empty one if too many are listed to tell, None if it is not in the list."""
        return await self._find("", self._settings.agent_id or "")

    async def _find(self, path: str, wanted: str) -> JsonObject | None:
        """Return the object with an id from the list at `path`; an empty one if the list is too long, None if none."""
        cursor = ""
        for _ in range(_MAX_PAGES):
            page = await self._get(path, {"limit": str(_PAGE), **({"cursor": cursor} if cursor else {})})
            items = page.get("data")
            if not isinstance(items, list):
                raise InvalidResponse(self.label, "no list")
            for item in items:
                if isinstance(item, dict) and item.get("id") == wanted:
                    return item
            further = page.get("pagination")
            following = further.get("cursor") if isinstance(further, dict) and further.get("hasMore") else None
            if not isinstance(following, str) or not following:
                return None
            cursor = following
        return {}

    async def _get(self, path: str, params: Mapping[str, str] | None = None) -> JsonObject:
        request = self._request(self._address(path), headers=self._headers(), params=params)
        async with self._http.send(request) as reply:
            return as_object(self.label, await reply.json())

    def _address(self, path: str) -> str:
        """Return the address of `path` below the agent's, that of the list of agents for an empty one."""
        base = below(self._settings.api_url, "agents")
        return below(base, f"{quote(self._settings.agent_id or '', safe='')}/{path}") if path else base

    def _headers(self) -> dict[str, str]:
        key = self._settings.api_key
        assert key is not None
        return bearer(key)


async def _next(reply: HttpResponse, until: float | None) -> bytes:
    """Return the next bytes; none at the end, or if none come until a moment of the event loop's time."""
    try:
        async with asyncio.timeout_at(until):
            return await anext(reply, b"")
    except TimeoutError:
        return b""


def _conversation(conversation: str) -> str:
    return f"conversations/{quote(conversation, safe='')}"


def _with_history(prompt: Prompt) -> str:
    """Return the question; if there are turns before it, behind these, each text after the name of its role."""
    if not prompt.history:
        return prompt.text
    messages = (*prompt.history, Message("user", prompt.text))
    return "\n\n".join(f"{message.role.capitalize()}: {message.text}" for message in messages)
