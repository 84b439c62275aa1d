"""Chatbase v2's conversations, which the server keeps, and the turn that is being answered."""

from dataclasses import dataclass, field
from uuid import uuid4

from sandbox.apis.agents.unsettled import Status
from sandbox.apis.transport.request_log import Outcome, Received

CREDITS = 1
"""What one answer costs."""


@dataclass(slots=True)
class StoredMessage:
    """One message of a conversation; `score` is how sure the agent was, from 0 to 1, or None."""

    role: str
    created_at: int
    parts: list[dict[str, object]] = field(default_factory=list)
    id: str = field(default_factory=lambda: f"msg_{uuid4().hex}")
    feedback: str | None = None
    score: float | None = None

    @property
    def text(self) -> str:
        """All text parts in order."""
        return "".join(str(part["text"]) for part in self.parts if part["type"] == "text")

    def view(self) -> dict[str, object]:
        """Return the message as JSON."""
        return {
            "id": self.id,
            "role": self.role,
            "parts": self.parts,
            "createdAt": self.created_at,
            "feedback": self.feedback,
            "metadata": {"score": self.score},
        }


@dataclass(slots=True)
class Conversation:
    """One conversation of an agent, oldest message first."""

    agent_id: str
    created_at: int
    user_id: str | None = None
    title: str | None = None
    updated_at: int = 0
    id: str = field(default_factory=lambda: str(uuid4()))
    status: Status = Status.ONGOING
    messages: list[StoredMessage] = field(default_factory=list)
    answering: Received | None = None
    """The request that was answered last."""
    overlaps: int = 0
    """How many questions came while another was being answered."""

    def view(self) -> dict[str, object]:
        """Return the conversation as JSON."""
        return {
            "id": self.id,
            "title": self.title,
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
            "userId": self.user_id,
            "status": self.status.value,
        }

    def find(self, message_id: str) -> StoredMessage | None:
        """Return the message with this id."""
        return next((message for message in self.messages if message.id == message_id), None)

    def before(self, message_id: str = "") -> list[str]:
        """Return what the user said before this message, oldest first; all of it if there is no such message."""
        said = list[str]()
        for message in self.messages:
            if message.id == message_id:
                break
            if message.role == "user":
                said.append(message.text)
        return said

    def begin_answer(self, received: Received) -> None:
        """Note that a question is being answered, and whether another one still was."""
        running = self.answering is not None and self.answering.answered.outcome is Outcome.RUNNING
        self.overlaps += running
        self.answering = received


@dataclass(slots=True)
class Turn:
    """A question that is being answered: `message` becomes the answer."""

    conversation: Conversation
    question_id: str
    message: StoredMessage
    silent: bool = False
    """Whether no answer is given, because a person has taken over: it costs nothing, and nothing of it is kept."""
    finish_reason: str = "stop"

    def view(self) -> dict[str, object]:
        """Return the answer as one document."""
        metadata = self.metadata() | {"finishReason": self.finish_reason}
        return {"id": self.message.id, "role": "assistant", "parts": self.message.parts, "metadata": metadata}

    def metadata(self) -> dict[str, object]:
        """Return what the answer tells of itself; without the answer's own id and the reason of its end."""
        return {
            "userMessageId": self.question_id,
            "conversationId": self.conversation.id,
            "userId": self.conversation.user_id,
            "usage": {"credits": 0 if self.silent else CREDITS},
        }

    def keep(self) -> None:
        """Put the answer into the conversation, once."""
        if not self.silent and self.conversation.find(self.message.id) is None:
            self.conversation.messages.append(self.message)
