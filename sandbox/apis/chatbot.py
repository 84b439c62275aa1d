"""The stand-in for ChatBot.com (provider-docs/chatbot.txt): two stories, a rule-based NLU, two tokens."""

import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import ClassVar

from sandbox.apis.api import JSON, Api
from sandbox.apis.canned_answers import Persona, answer
from sandbox.apis.chatbot_stories import Interaction, Story, tell_stories
from sandbox.apis.memory import Memory
from sandbox.apis.replies.refusal import Refusal
from sandbox.apis.replies.reply import Pace, Reply, play_body, to_json
from sandbox.apis.transport.request_body import read_object, sent_secret, text_of, token_of
from sandbox.apis.transport.request_log import Received, Secrets
from sandbox.apis.transport.wire_response import WireResponse

SESSION_IDLE = 600.0
"""Seconds without a query after which a session is forgotten."""
MAX_QUERY = 256
"""Characters."""
SESSION_ID_LENGTH = range(10, 37)
WAYS = ("query", "goto", "trigger")
KNOWN = {*WAYS, "sessionId", "storyId", "parameters", "reset"}
TYPES = {200: "success", 400: "bad_request", 401: "unauthorized", 404: "not_found", 429: "too_many_requests"}


class ChatBotShape(StrEnum):
    """How a text item of an answer is spelled."""

    MESSAGE = "message"
    ELEMENTS = "elements"
    STATUS_IN_BODY = "status-in-body"
    """HTTP 200 whose `status.code` is 500."""


class ChatBot(Api):
    """Remembers each session for ten minutes. The client token may query, the developer token may also list stories."""

    name: ClassVar[str] = "chatbot"
    path: ClassVar[str] = "/query"
    story_paths: ClassVar[tuple[str, str]] = ("/stories", "/v2/stories")
    routes: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        {("POST", path), ("GET", story_paths[0]), ("GET", story_paths[1])}
    )
    shapes: ClassVar[type[StrEnum]] = ChatBotShape

    def __init__(self, pace: Pace | None = None, port: int = 0, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` (seconds) tells when a session has been idle for too long."""
        super().__init__(pace, port)
        self.client_token = "sandbox-chatbot-client-token"  # noqa: S105 - worth nothing anywhere
        self.developer_token = "sandbox-chatbot-developer-token"  # noqa: S105
        self.stories = tell_stories()
        self.memory = Memory(SESSION_IDLE, clock)

    @property
    def url(self) -> str:
        """The base, as the bot's setting wants it."""
        return self.origin

    @property
    def secrets(self) -> tuple[str, ...]:
        """Both tokens."""
        return (self.client_token, self.developer_token)

    def environment(self) -> dict[str, str]:
        """Return what points a bot here and at the first story."""
        return {
            "CHATBOT_API_URL": self.url,
            "CHATBOT_CLIENT_TOKEN": self.client_token,
            "CHATBOT_DEVELOPER_TOKEN": self.developer_token,
            "CHATBOT_STORY_ID": self.stories[0].id,
        }

    def read(self, received: Received) -> None:
        """Take all from the JSON body, if there is one."""
        read_object(received)
        received.question = next((text for way in WAYS if (text := text_of(received, way)) is not None), None)
        received.user_key = text_of(received, "sessionId")
        received.secrets = Secrets(self.secret_fields, sent_secret(received))

    def check(self, received: Received) -> None:
        """Refuse a token without the right to this, then a wrong body, then a story that is not there."""
        talks = received.path == self.path
        allowed = {self.developer_token, *([self.client_token] if talks else [])}
        if token_of(received, "Bearer") not in allowed:
            raise Refusal(401, "The token is missing, wrong, or not allowed to do this")
        if not talks:
            return
        if received.headers.get("Content-Type", "").partition(";")[0].strip().lower() != JSON:
            raise Refusal(400, "Content-Type must be application/json")
        if (wrong := read_object(received)) is not None:
            raise Refusal(400, wrong)
        check_fields(received.fields)
        story = self._story(received)
        if story is None:
            raise Refusal(404, "There is no such story")
        if "goto" in received.fields and story.named(str(received.fields["goto"])) is None:
            raise Refusal(404, "There is no such interaction")

    async def answer(self, received: Received) -> WireResponse:
        """Return the list of stories if that was asked for; answer a query otherwise."""
        if received.path not in self.story_paths:
            return await super().answer(received)
        try:
            self.check(received)
        except Refusal as refusal:
            return self._refuse(refusal, received)
        stories = [{"id": story.id, "name": story.name} for story in self.stories]
        return play_body(to_json(stories), Reply(), self.pace, JSON)

    def compose(self, received: Received) -> Reply:
        """Answer by the story's interactions, or in its own words if none fits."""
        if received.fields.get("reset") is True:
            self.memory.forget(received.user_key or "")
        run = self._run_of(received)
        interaction = self._interaction(received)
        if interaction is not None:
            return Reply(fulfillment=interaction.say(run))
        if "query" not in received.fields:
            return Reply(fulfillment=())
        persona = Persona("Pip", "ChatBot.com", voice=3)
        return Reply(answer(received.question or "", self.memory.of(received.user_key or ""), persona, run))

    def remember(self, received: Received) -> None:
        """Keep the query under its session."""
        if "query" in received.fields:
            self.memory.add(received.user_key or "", received.question or "")

    def document(self, text: str, reply: Reply, received: Received, /) -> object:
        """Return the result with its fulfillment."""
        shape = ChatBotShape(reply.shape or ChatBotShape.MESSAGE)
        if shape is ChatBotShape.STATUS_IN_BODY:
            return self.error(500, text, received)
        spelled: dict[str, object] = {"elements": [text]} if shape is ChatBotShape.ELEMENTS else {"message": text}
        items = [{"type": "text", **spelled}] if reply.fulfillment is None else list(reply.fulfillment)
        interaction = self._interaction(received)
        return {
            "result": {
                "query": received.fields.get("query", ""),
                "storyId": received.fields.get("storyId", self.stories[0].id),
                "interaction": {"name": interaction.name if interaction else "default", "type": "story"},
                "parameters": received.fields.get("parameters", {}),
                "fulfillment": items,
            },
            "sessionId": received.user_key,
            **stamp(200),
        }

    def error(self, status: int, _text: str, _received: Received, /) -> Mapping[str, object]:
        """Return the document's error; it has no room for a text."""
        return stamp(status)

    def _story(self, received: Received) -> Story | None:
        """Return the story asked for, the first when none was; None when it is not there."""
        wanted = text_of(received, "storyId") or self.stories[0].id
        return next((story for story in self.stories if story.id == wanted.lower()), None)

    def _interaction(self, received: Received) -> Interaction | None:
        """Return where the request leads; None when the story has nothing for it."""
        story = self._story(received)
        if story is None:
            return None
        if (query := text_of(received, "query")) is not None:
            return story.find(query)
        return story.named(text_of(received, "goto") or text_of(received, "trigger") or "")


def stamp(status: int) -> dict[str, object]:
    """Return the time and status that every answer carries."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    kind = TYPES.get(status, "internal_server_error" if status >= 500 else "error")
    return {"timestamp": now, "status": {"code": status, "type": kind}}


def check_fields(fields: Mapping[str, object]) -> None:
    """Raise Refusal for a field that is missing, unknown or out of its bounds."""
    unknown = sorted(fields.keys() - KNOWN)
    if unknown:
        raise Refusal(400, f"Unknown field: {', '.join(unknown)}")
    ways = [way for way in WAYS if way in fields]
    if len(ways) != 1:
        raise Refusal(400, f"Exactly one of {', '.join(WAYS)} must be there, not {len(ways)}")
    said = fields[ways[0]]
    if not isinstance(said, str) or not said:
        raise Refusal(400, f"{ways[0]} must be a non-empty string")
    if ways[0] == "query" and len(said) > MAX_QUERY:
        raise Refusal(400, f"query must have at most {MAX_QUERY} characters")
    session = fields.get("sessionId")
    if not isinstance(session, str) or len(session) not in SESSION_ID_LENGTH:
        raise Refusal(400, "sessionId must be a string of 10 to 36 characters")
    story = fields.get("storyId")
    if "storyId" in fields and not (isinstance(story, str) and re.fullmatch(r"[0-9a-fA-F]{24}", story)):
        raise Refusal(400, "storyId must be 24 hexadecimal digits")
    if not isinstance(fields.get("parameters", {}), dict):
        raise Refusal(400, "parameters must be an object")
    if not isinstance(fields.get("reset", False), bool):
        raise Refusal(400, "reset must be a boolean")
