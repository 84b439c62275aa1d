"""The stand-in for Stammer.ai's message API (provider-docs/stammer.txt), with Django REST Framework's errors."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sandbox.apis.api import Api
from sandbox.apis.canned_answers import Persona, answer
from sandbox.apis.memory import Memory
from sandbox.apis.replies.refusal import Refusal
from sandbox.apis.replies.reply import Pace, Reply, play_body, to_json
from sandbox.apis.transport.request_body import read_object, sent_secret, text_of, token_of
from sandbox.apis.transport.request_log import Received, Secrets
from sandbox.apis.transport.wire_response import WireResponse

MAX_QUERY = 4999
"""Characters: "must be under 5000 characters"."""
REQUIRED = ("chatbot_uuid", "query", "user_key")
OPTIONAL = ("custom_base_system_prompt",)


class StammerShape(StrEnum):
    """Where in the document the answer is. Any goes with status 200, 201 or 202."""

    DATA_ANSWER = "data.answer"
    ANSWER = "answer"
    RESPONSE = "response"
    MESSAGE = "message"
    NOTHING = "nothing"
    """Accepted, no reply yet."""


class Stammer(Api):
    """Remembers each `user_key`. Strict: unknown fields are refused, and so is any content type but JSON."""

    name: ClassVar[str] = "stammer"
    path: ClassVar[str] = "/en/chatbot/api/v1/message/"
    me_path: ClassVar[str] = "/en/user/api/v1/me/"
    routes: ClassVar[frozenset[tuple[str, str]]] = frozenset({("POST", path), ("GET", me_path)})
    shapes: ClassVar[type[StrEnum]] = StammerShape

    def __init__(self, pace: Pace | None = None, port: int = 0) -> None:
        super().__init__(pace, port)
        self.api_token = "sandbox-stammer-token"  # noqa: S105 - worth nothing anywhere
        self.chatbot_uuid = "5a3db0c2-3c5e-4c55-9f0e-5a4db0c25e11"
        self.memory = Memory()

    @property
    def secrets(self) -> tuple[str, ...]:
        """The token."""
        return (self.api_token,)

    def environment(self) -> dict[str, str]:
        """Return what points a bot here."""
        return {
            "STAMMER_API_URL": self.url,
            "STAMMER_API_TOKEN": self.api_token,
            "STAMMER_CHATBOT_UUID": self.chatbot_uuid,
        }

    def read(self, received: Received) -> None:
        """Take all from the JSON body."""
        read_object(received)
        received.question = text_of(received, "query")
        received.user_key = text_of(received, "user_key")
        received.secrets = Secrets(self.secret_fields, sent_secret(received))

    def check(self, received: Received) -> None:
        """Refuse in the framework's order: credentials, content type, JSON, fields; then the chatbot."""
        token = token_of(received, "Token")
        if token is None:
            raise detail(401, "Authentication credentials were not provided.")
        if token != self.api_token:
            raise detail(401, "Invalid token.")
        if received.path == self.me_path:
            return
        content_type = received.headers.get("Content-Type", "")
        if content_type.partition(";")[0].strip().lower() != "application/json":
            raise detail(415, f'Unsupported media type "{content_type}" in request.')
        if (wrong := read_object(received)) is not None:
            raise detail(400, f"JSON parse error - {wrong}")
        errors = field_errors(received.fields)
        if errors:
            raise Refusal(400, "; ".join(f"{name}: {text[0]}" for name, text in errors.items()), errors)
        if UUID(text_of(received, "chatbot_uuid") or "") != UUID(self.chatbot_uuid):
            raise Refusal(404, "Chatbot not found", {"message": "Chatbot not found"})

    async def answer(self, received: Received) -> WireResponse:
        """Return whose token it is if that was asked for; answer a question otherwise."""
        if received.path != self.me_path:
            return await super().answer(received)
        try:
            self.check(received)
        except Refusal as refusal:
            return self._refuse(refusal, received)
        return play_body(to_json({"email": "sandbox@example.com"}), Reply(), self.pace, "application/json")

    def compose(self, received: Received) -> Reply:
        """Answer as an agent that may have been given a system prompt."""
        persona = Persona("Stella", "Stammer.ai", text_of(received, "custom_base_system_prompt"), voice=2)
        earlier = self.memory.of(received.user_key or "")
        return Reply(answer(received.question or "", earlier, persona, self._run_of(received)))

    def remember(self, received: Received) -> None:
        """Keep the question under the user's key."""
        self.memory.add(received.user_key or "", received.question or "")

    def document(self, text: str, reply: Reply, received: Received, /) -> object:
        """Return the answer where the shape wants it."""
        match StammerShape(reply.shape or StammerShape.DATA_ANSWER):
            case StammerShape.DATA_ANSWER:
                return {"status": "success", "data": {"answer": text, "user_key": received.user_key}}
            case StammerShape.NOTHING:
                return {"status": "accepted", "data": {"user_key": received.user_key}}
            case shape:
                return {shape.value: text}

    def error(self, status: int, text: str, _received: Received, /) -> Mapping[str, object]:
        """Return an error as the document's sample reads it."""
        return {"message": text} if status < 500 else {"error": text}

    def astray(self, received: Received) -> WireResponse:
        """Redirect to the address with its trailing slash, as Django does; otherwise say what is wrong."""
        if received.path == self.path.rstrip("/"):
            received.refused = "the trailing slash is missing"
            return play_body(b"", Reply(status=301, headers={"Location": self.path}), Pace(), "text/html")
        if received.path == self.path:
            return self._refuse(detail(405, f'Method "{received.method}" not allowed.'), received)
        return self._refuse(detail(404, "Not found."), received)


def detail(status: int, text: str) -> Refusal:
    """Return a refusal of Django REST Framework's own."""
    return Refusal(status, text, {"detail": text})


def field_errors(fields: Mapping[str, object]) -> dict[str, list[str]]:
    """Return what is wrong with each field, in Django REST Framework's words."""
    errors: dict[str, list[str]] = {}
    for name in (*REQUIRED, *OPTIONAL):
        if name not in fields:
            if name in REQUIRED:
                errors[name] = ["This field is required."]
        elif (wrong := text_error(name, fields[name])) is not None:
            errors[name] = [wrong]
    for name in fields.keys() - {*REQUIRED, *OPTIONAL}:
        errors[name] = ["Unexpected field."]
    return errors


def text_error(name: str, value: object) -> str | None:
    """Return what is wrong with one field's value."""
    if value is None:
        return "This field may not be null."
    if name == "chatbot_uuid":
        form = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
        return None if isinstance(value, str) and re.fullmatch(form, value) else "Must be a valid UUID."
    if not isinstance(value, str):
        return "Not a valid string."
    if not value.strip():
        return "This field may not be blank."
    if name == "query" and len(value) > MAX_QUERY:
        return f"Ensure this field has no more than {MAX_QUERY} characters."
    return None
