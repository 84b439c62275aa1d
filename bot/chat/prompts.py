"""What a provider is handed for one answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the history."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Persona:
    """How the bot presents itself in one server; None where nobody set it."""

    name: str | None = None
    gender: str | None = None
    prefix: str | None = None
    developer: str | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """Everything that one request to a provider is made of.

    `user_key` names the asker to a provider that remembers by itself: the Discord user id in decimal digits, followed
    by `.` and a counter once that user cleared the conversation. `conversation_id` and `history` (oldest first, whole
    turns) are for one that does not. `options` are the server's own provider settings, by the option's name.
    """

    text: str
    user_key: str
    conversation_id: str
    history: tuple[Message, ...] = ()
    persona: Persona = field(default_factory=Persona)
    options: Mapping[str, str] = field(default_factory=dict)
    jump: str | None = None
