"""The stand-in for Chatbase's API v2 (provider-docs/chatbase-v2.md): agents that keep their conversations.

`POST …/sources`, which trains an agent, is not played: nothing here trains one.
"""

import re
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import ClassVar

from sandbox.apis.agents.addresses import BASE, Address, Call, find_address
from sandbox.apis.agents.admission import check_call
from sandbox.apis.agents.checks import FIELDS
from sandbox.apis.agents.conversation import Conversation, Turn
from sandbox.apis.agents.errors import error_document, find_code, refuse
from sandbox.apis.agents.event_writer import EventWriter
from sandbox.apis.agents.events import EVENT_STREAM, STREAM_HEADERS, StreamForm, tool
from sandbox.apis.agents.faults import agent_faults
from sandbox.apis.agents.rate_limit import RateLimit
from sandbox.apis.agents.served import serve
from sandbox.apis.agents.unsettled import Status, Unsettled
from sandbox.apis.agents.workspace import Agent, Workspace
from sandbox.apis.api import JSON, Api
from sandbox.apis.canned_answers import Persona, answer
from sandbox.apis.faults.fault import Fault
from sandbox.apis.replies.refusal import Refusal
from sandbox.apis.replies.reply import Pace, Piece, Reply, exact_body, play_body, to_json, words
from sandbox.apis.transport.conditions import pause
from sandbox.apis.transport.request_body import read_object, sent_secret, text_of, token_of
from sandbox.apis.transport.request_log import Received, Secrets
from sandbox.apis.transport.wire_response import WireResponse, resplit

LOOK_UP = re.compile(r"\b(?:look\b.*\bup|search|weather|my order)\b", re.IGNORECASE)
"""Questions for which the agent uses a tool first."""
LOOK_UP_PAUSES = 4
"""How many times as long as it thinks before an answer that takes."""


class ChatbaseV2Shape(StrEnum):
    """What comes over the wire."""

    JSON = "json"
    """One document; the default when `stream` is false."""
    STREAM = "stream"
    """Events in the form that `form` says; the default otherwise."""
    BARE = "bare"
    """Events, but only those that the pieces are, in their order; a text is a `text-delta`."""


class ChatbaseV2(Api):
    """Keeps every conversation. Strict: unknown fields, parameters and addresses are refused."""

    name: ClassVar[str] = "chatbase-v2"
    path: ClassVar[str] = BASE
    routes: ClassVar[frozenset[tuple[str, str]]] = frozenset(call.value for call in Call)
    shapes: ClassVar[type[StrEnum]] = ChatbaseV2Shape

    def __init__(self, pace: Pace | None = None, port: int = 0, *, clock: Callable[[], float] = time.time) -> None:
        """`clock` tells the time in seconds since 1970."""
        super().__init__(pace, port)
        self.api_key = "sandbox-chatbase-v2-key"
        self.expired_key = "sandbox-chatbase-v2-old-key"
        self.workspace = Workspace(clock)
        self.rate_limit = RateLimit(clock)
        self.form = StreamForm()
        self.unsettled = Unsettled()
        self._faults_by_name = agent_faults(self.workspace)

    @property
    def agent(self) -> Agent:
        """The agent that the bot is to ask."""
        return self.workspace.agents[0]

    @property
    def conversations(self) -> Sequence[Conversation]:
        """All conversations, oldest first."""
        return list(self.workspace.conversations.values())

    @property
    def secrets(self) -> tuple[str, ...]:
        """The keys."""
        return (self.api_key, self.expired_key)

    @property
    def faults(self) -> Mapping[str, Callable[[], Fault]]:
        """Those that every API has and this one's own: its errors by code, statuses of conversations, bad ends."""
        return self._faults_by_name

    def environment(self) -> dict[str, str]:
        """Return what points a bot here."""
        return {
            "CHATBASE_V2_API_URL": self.url,
            "CHATBASE_V2_API_KEY": self.api_key,
            "CHATBASE_V2_AGENT_ID": self.agent.id,
        }

    def documents(self, received: Received) -> bool:
        """Tell whether the document has this address, with this method."""
        return find_address(received.method, received.path) is not None

    def read(self, received: Received) -> None:
        """Take the fields from the body, or from the query if the call has no body."""
        received.secrets = Secrets(self.secret_fields, sent_secret(received))
        address = find_address(received.method, received.path)
        if address is None or address.call not in FIELDS:
            received.fields = received.query
        else:
            read_object(received)
        named = address.conversation if address else ""
        received.user_key = named or text_of(received, "conversationId")
        received.question = text_of(received, "message")
        if address is not None and address.call is Call.RETRY:
            received.question = next(reversed(self._said(received)), None)

    def check(self, received: Received) -> None:
        """Refuse a wrong key, then an agent that is not there, a wrong body, and what the conversation forbids."""
        token = token_of(received, "Bearer")
        if not token:
            raise refuse("AUTH_MISSING_API_KEY")
        if token != self.api_key:
            raise refuse("AUTH_EXPIRED_API_KEY" if token == self.expired_key else "AUTH_INVALID_API_KEY")
        check_call(_address(received), received, self.workspace, self.unsettled)

    async def answer(self, received: Received) -> WireResponse:
        """Do what the request asks for: answer a question, change something, or return what is kept."""
        try:
            key = token_of(received, "Bearer") or ""
            self.rate_limit.take(key, reset_in_ms=self.unsettled.reset_in_ms)
            self.check(received)
        except Refusal as refusal:
            return self._refuse(refusal, received)
        address = _address(received)
        if not address.call.asks:
            return play_body(
                to_json(serve(address, received, self.workspace, self.unsettled)), Reply(), self.pace, JSON
            )
        conversation = self.workspace.conversations.get(received.user_key or "")
        silent = conversation is not None and conversation.status is not Status.ONGOING
        reply = Reply("") if silent else self._next_reply(received)
        return await self._play(reply, received, self._begin(received))

    def compose(self, received: Received) -> Reply:
        """Answer from what the user said in this conversation, now and then with the help of a tool."""
        question = received.question or ""
        said = self._said(received)
        earlier = said[:-1] if text_of(received, "messageId") else said
        run = self._repeats.count(text_of(received, "userId"), question)
        text = answer(question, earlier, Persona(self.agent.name, "Chatbase"), run)
        return Reply(pieces=self._look_up(text)) if LOOK_UP.search(question) else Reply(text)

    def document(self, text: str, _reply: Reply, received: Received, /) -> object:
        """Return the answer that does not stream."""
        turn = self._turn_for(received)
        turn.message.parts.append({"type": "text", "text": text})
        return {"data": turn.view()}

    def error(self, status: int, text: str, _received: Received, /) -> Mapping[str, object]:
        """Return an error with the code that this status has."""
        return error_document(find_code(status), text)

    def streams(self, received: Received, /) -> bool:
        """Tell whether the request asks a question, and not for one document."""
        address = find_address(received.method, received.path)
        return address is not None and address.call.asks and received.fields.get("stream") is not False

    async def render(self, reply: Reply, received: Received) -> WireResponse:
        """Return the reply as it goes over the wire."""
        return await self._play(reply, received, self._turn_for(received))

    def astray(self, received: Received) -> WireResponse:
        """Refuse; the document has no other code for an address or a method that it does not know."""
        return self._numbered(self._refuse(refuse("RESOURCE_NOT_FOUND"), received), received)

    async def _decide(self, received: Received) -> WireResponse:
        return self._numbered(await super()._decide(received), received)

    def _numbered(self, response: WireResponse, received: Received) -> WireResponse:
        """Return the response with the header that tells one request from another."""
        return replace(response, headers={**response.headers, "x-request-id": f"req_{received.number:08}"})

    def _turn_for(self, received: Received) -> Turn:
        """Return the turn that a faulty answer belongs to: one of its conversation, if the request is allowed."""
        try:
            self.check(received)
        except Refusal:
            return self.workspace.loose_turn()
        return self._begin(received) if _address(received).call.asks else self.workspace.loose_turn()

    def _begin(self, received: Received) -> Turn:
        """Put the question of an allowed request into its conversation."""
        turn = self.workspace.begin(_address(received), received)
        if self.unsettled.keeps_partial:
            turn.keep()
        return turn

    def _said(self, received: Received) -> list[str]:
        """Return what the user said in the conversation, up to the answer that is to be given again if there is one."""
        conversation = self.workspace.conversations.get(received.user_key or "")
        return conversation.before(text_of(received, "messageId") or "") if conversation else []

    async def _play(self, reply: Reply, received: Received, turn: Turn) -> WireResponse:
        """Return the reply as one document or as a stream of events."""
        exact = exact_body(reply)
        if exact is not None:
            return play_body(exact, reply, self.pace, EVENT_STREAM if self.streams(received) else JSON)
        shape = ChatbaseV2Shape(reply.shape or ("stream" if self.streams(received) else "json"))
        writer = EventWriter(turn, self.form)
        if shape is ChatbaseV2Shape.JSON:
            cut = await writer.gather(reply)
            return play_body(to_json({"data": turn.view()}), reply, self.pace, JSON, cut)
        return WireResponse(
            status=reply.status,
            headers={"Content-Type": reply.content_type or EVENT_STREAM, **STREAM_HEADERS, **reply.headers},
            pieces=resplit(writer.frames(reply, bare=shape is ChatbaseV2Shape.BARE), reply.split),
            think=self.pace.think if reply.think is None else reply.think,
            pause=self.pace.pause if reply.pause is None else reply.pause,
        )

    async def _look_up(self, text: str) -> AsyncIterator[Piece]:
        """Use a tool, which takes a while, and then say the text."""
        *asked, found = tool()
        for each in asked:
            yield each
        for _ in range(LOOK_UP_PAUSES):
            await pause(self.pace.think)
        yield found
        for word in words(text):
            yield word


def _address(received: Received) -> Address:
    """Return what a request to a documented address asks for."""
    address = find_address(received.method, received.path)
    assert address is not None
    return address
