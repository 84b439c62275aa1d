"""The stand-in for Chatbase's API v1 (provider-docs/chatbase.txt): JSON, and streams in every shape seen."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from sandbox.apis.api import JSON, Api
from sandbox.apis.canned_answers import Persona, answer
from sandbox.apis.chatbase_fields import check_fields
from sandbox.apis.replies.refusal import Refusal
from sandbox.apis.replies.reply import Pace, Reply, event, exact_body, play_body, to_json
from sandbox.apis.transport.request_body import read_object, sent_secret, text_of, token_of
from sandbox.apis.transport.request_log import Received, Secrets
from sandbox.apis.transport.wire_response import Cut, WireResponse, resplit

EVENT_STREAM = "text/event-stream"
PLAIN = "text/plain; charset=utf-8"
DONE = b"data: [DONE]\n\n"


class ChatbaseShape(StrEnum):
    """What comes over the wire."""

    JSON = "json"
    """`{"text": …}`; the default when `stream` is false."""
    RAW = "raw"
    """Nothing but the text; the default when `stream` is true, as every sample reads it."""
    SSE = "sse"
    """Server-sent events whose data is the text, ended by `data: [DONE]`."""
    SSE_TEXT = "sse-text"
    """Likewise, the data being `{"text": …}`."""
    SSE_DELTA = "sse-delta"
    """Likewise, `{"type":"text-delta","delta":…}` among events of other types."""
    SSE_UNDECLARED = "sse-undeclared"
    """Like `sse`, under `text/plain`."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation, as sent and as saved."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody's key, with the one chatbot that it may ask."""

    api_key: str
    chatbot_id: str
    persona: Persona


class Chatbase(Api):
    """Remembers nothing but `dashboard`. Accepts any content type, since the document's own samples send none."""

    name: ClassVar[str] = "chatbase"
    path: ClassVar[str] = "/api/v1/chat"
    list_path: ClassVar[str] = "/api/v1/get-chatbots"
    routes: ClassVar[frozenset[tuple[str, str]]] = frozenset({("POST", path), ("GET", list_path)})
    shapes: ClassVar[type[StrEnum]] = ChatbaseShape

    def __init__(self, pace: Pace | None = None, port: int = 0) -> None:
        super().__init__(pace, port)
        self.api_key = "sandbox-chatbase-key"
        self.chatbot_id = "sandboxChatbot0123456"
        self.others = (Account("another-sandbox-key", "anotherChatbot0123456", Persona("Thyme", "Chatbase", voice=1)),)
        """Other accounts, whose chatbots servers may bring; `api_key` is the operator's."""
        self.chatbot_status = "ready"
        """Or `training` or `failed`."""
        self.dashboard: dict[str, list[Message]] = {}
        """What was saved by `conversationId`: the messages of its latest call and, when it was complete, the answer."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The keys."""
        return (self.api_key, *(account.api_key for account in self.others))

    def environment(self) -> dict[str, str]:
        """Return what points a bot here."""
        return {
            "CHATBASE_API_URL": self.url,
            "CHATBASE_API_KEY": self.api_key,
            "CHATBASE_CHATBOT_ID": self.chatbot_id,
        }

    def read(self, received: Received) -> None:
        """Take all from the body; its content type does not count."""
        read_object(received)
        said = messages_of(received)
        received.question = said[-1].content if said else None
        received.user_key = text_of(received, "conversationId")
        received.secrets = Secrets(self.secret_fields, sent_secret(received))

    def check(self, received: Received) -> None:
        """Refuse a wrong key, then a wrong body, then a chatbot that is not there."""
        account = self._account_of(received)
        if received.path == self.list_path:
            return
        if (wrong := read_object(received)) is not None:
            raise Refusal(400, f"Invalid JSON: {wrong}")
        check_fields(received.fields)
        if received.fields["chatbotId"] != account.chatbot_id:
            raise Refusal(404, "Chatbot not found")

    def _account_of(self, received: Received) -> Account:
        own = Account(self.api_key, self.chatbot_id, Persona("Basil", "Chatbase"))
        key = token_of(received, "Bearer")
        for account in (own, *self.others):
            if account.api_key == key:
                return account
        raise Refusal(401, "Unauthorized: the API key is missing or wrong")

    async def answer(self, received: Received) -> WireResponse:
        """Return the list of chatbots if that was asked for; answer a question otherwise."""
        if received.path != self.list_path:
            return await super().answer(received)
        try:
            account = self._account_of(received)
        except Refusal as refusal:
            return self._refuse(refusal, received)
        name = account.persona.name
        chatbot = {"chatbotId": account.chatbot_id, "chatbotName": name, "status": self.chatbot_status}
        return play_body(to_json({"chatbots": {"data": [chatbot]}}), Reply(), self.pace, JSON)

    def compose(self, received: Received) -> Reply:
        """Answer from the messages sent, the only memory there is."""
        earlier = [message.content for message in messages_of(received)[:-1] if message.role == "user"]
        persona = self._account_of(received).persona
        return Reply(answer(received.question or "", earlier, persona, self._run_of(received)))

    def remember(self, received: Received) -> None:
        """Overwrite what the dashboard has of this conversation."""
        if received.user_key is not None:
            self.dashboard[received.user_key] = messages_of(received)

    def document(self, text: str, _reply: Reply, _received: Received, /) -> object:
        """Return the answer that does not stream."""
        return {"text": text}

    def error(self, _status: int, text: str, _received: Received, /) -> Mapping[str, object]:
        """Return an error as the document's samples read it."""
        return {"message": text}

    def streams(self, received: Received, /) -> bool:
        """Tell whether `stream` is true."""
        return received.fields.get("stream") is True

    async def render(self, reply: Reply, received: Received) -> WireResponse:
        """Return the reply as one document or as a stream."""
        shape = ChatbaseShape(reply.shape or ("raw" if self.streams(received) else "json"))
        exact = exact_body(reply)
        if exact is not None:
            return play_body(exact, reply, self.pace, PLAIN if self.streams(received) else JSON)
        if shape is ChatbaseShape.JSON:
            text, cut = await reply.whole()
            if cut is None:
                self._save(received, text)
            return play_body(to_json(self.document(text, reply, received)), reply, self.pace, JSON, cut)
        declared = shape.value.startswith("sse") and shape is not ChatbaseShape.SSE_UNDECLARED
        content_type = reply.content_type or (EVENT_STREAM if declared else PLAIN)
        return WireResponse(
            status=reply.status,
            headers={"Content-Type": content_type, "Cache-Control": "no-cache", **reply.headers},
            pieces=resplit(self._frames(reply, shape, received), reply.split),
            think=self.pace.think if reply.think is None else reply.think,
            pause=self.pace.pause if reply.pause is None else reply.pause,
        )

    async def _frames(self, reply: Reply, shape: ChatbaseShape, received: Received) -> AsyncIterator[bytes | Cut]:
        """Hand out the stream's bytes, and save the answer when it is complete."""
        texts: list[str] = []
        if shape is ChatbaseShape.SSE_DELTA:
            yield event(json.dumps({"type": "start"}))
        async for piece in reply.each_piece():
            if isinstance(piece, Cut):
                yield piece
                return
            if isinstance(piece, str):
                texts.append(piece)
                yield frame(piece, shape)
            else:
                texts.append(piece.decode("utf-8", "replace"))
                yield piece
        self._save(received, "".join(texts))
        if shape is ChatbaseShape.SSE_DELTA:
            yield event(json.dumps({"type": "finish"}))
        if shape is not ChatbaseShape.RAW:
            yield DONE

    def _save(self, received: Received, text: str) -> None:
        """Add the answer to the dashboard's conversation, unless a later call has replaced that."""
        saved = self.dashboard.get(received.user_key or "")
        if saved is not None and saved == messages_of(received):
            saved.append(Message("assistant", text))


def messages_of(received: Received) -> list[Message]:
    """Return the messages that are well-formed."""
    sent = received.fields.get("messages")
    return [
        Message(message["role"], message["content"])
        for message in (sent if isinstance(sent, list) else ())
        if isinstance(message, dict)
        and isinstance(message.get("role"), str)
        and isinstance(message.get("content"), str)
    ]


def frame(text: str, shape: ChatbaseShape) -> bytes:
    """Return a piece of text as the shape sends it."""
    match shape:
        case ChatbaseShape.SSE | ChatbaseShape.SSE_UNDECLARED:
            return event(text)
        case ChatbaseShape.SSE_TEXT:
            return event(json.dumps({"text": text}))
        case ChatbaseShape.SSE_DELTA:
            return event(json.dumps({"type": "text-delta", "delta": text}, ensure_ascii=False))
        case _:
            return text.encode()
