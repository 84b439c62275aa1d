"""Chatbase v2's state: agents with their credits, and all their conversations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import uuid4

from sandbox.apis.agents.addresses import Address, Call
from sandbox.apis.agents.conversation import CREDITS, Conversation, StoredMessage, Turn
from sandbox.apis.agents.unsettled import Status
from sandbox.apis.transport.request_body import text_of
from sandbox.apis.transport.request_log import Received

MAX_KEPT_CONVERSATIONS = 1000
MAX_TITLE = 60


@dataclass(slots=True)
class Agent:
    """An agent as `GET /agents` lists it; `credit_limit` None: none."""

    id: str
    name: str
    model: str = "gpt-5-mini"
    credit_limit: int | None = 10_000
    credits_used: int = 0
    status: str = "trained"
    """Or `untrained`, `training`, `failed`."""
    suggested: list[dict[str, object]] | None = field(default_factory=list)
    """Each `{"text", "type": "single", "order"}`, or several: `{"name", "type": "nested", "order", "items"}`."""
    initial: list[str] = field(default_factory=list)

    def view(self) -> dict[str, object]:
        """Return the agent as JSON."""
        return {
            "id": self.id,
            "name": self.name,
            "model": self.model,
            "creditLimit": self.credit_limit,
            "creditsUsed": self.credits_used,
            "status": self.status,
            "suggestedMessages": self.suggested,
            "initialMessages": self.initial,
        }


class Workspace:
    """Agents, conversations by id, and the credits that are left to all agents together."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` tells the time in seconds since 1970."""
        self._clock = clock
        self.agents = [
            Agent("sandboxAgent0123456789", "Basil", suggested=_suggestions(), initial=["Hi! What can I do for you?"]),
            Agent("anotherAgent0123456789", "Clara", credit_limit=None, suggested=None),
        ]
        self.credits_left: int | None = None
        """None: as many as anybody wants."""
        self.score: float | None = 0.87
        """What each answer gets."""
        self.conversations: dict[str, Conversation] = {}

    def find_agent(self, agent_id: str) -> Agent | None:
        """Return the agent with this id."""
        return next((agent for agent in self.agents if agent.id == agent_id), None)

    def open_conversation(self, agent_id: str, user_id: str | None = None, title: str | None = None) -> Conversation:
        """Begin a conversation; the oldest of many is forgotten."""
        opened = Conversation(agent_id, self._now(), user_id, title and title[:MAX_TITLE], self._now())
        self.conversations[opened.id] = opened
        while len(self.conversations) > MAX_KEPT_CONVERSATIONS:
            del self.conversations[next(iter(self.conversations))]
        return opened

    def say(self, conversation: Conversation, role: str, text: str) -> StoredMessage:
        """Put a message into the conversation."""
        said = StoredMessage(role, self._now(), [{"type": "text", "text": text}])
        conversation.messages.append(said)
        conversation.updated_at = self._now()
        return said

    def begin(self, address: Address, received: Received) -> Turn:
        """Put the question of a request that is allowed into its conversation, and begin its answer."""
        conversation = self.conversations.get(received.user_key or "")
        question = received.question or ""
        if conversation is None:
            conversation = self.open_conversation(address.agent, text_of(received, "userId"), question)
        if address.call is Call.RETRY:
            asked = self._cut(conversation, text_of(received, "messageId") or "")
        else:
            asked = self.say(conversation, "user", question)
        conversation.begin_answer(received)
        silent = conversation.status is not Status.ONGOING
        if not silent:
            self._charge(conversation)
        return Turn(conversation, asked.id, self._new_answer(), silent)

    def _cut(self, conversation: Conversation, message_id: str) -> StoredMessage:
        """Cut the conversation at the message, and return the user's message before it, which stays as it is."""
        place = [message.id for message in conversation.messages].index(message_id)
        del conversation.messages[place:]
        conversation.updated_at = self._now()
        return next(message for message in reversed(conversation.messages) if message.role == "user")

    def _new_answer(self) -> StoredMessage:
        return StoredMessage("assistant", self._now(), score=self.score)

    def _charge(self, conversation: Conversation) -> None:
        agent = self.find_agent(conversation.agent_id)
        if agent is not None:
            agent.credits_used += CREDITS
        if self.credits_left is not None:
            self.credits_left -= CREDITS

    def loose_turn(self) -> Turn:
        """Return a turn of no conversation, for answers to requests that are not allowed."""
        conversation = Conversation("", self._now())
        return Turn(conversation, f"msg_{uuid4().hex}", self._new_answer())

    def exhausted(self, agent: Agent) -> str | None:
        """Return the code of the error if no credit is left."""
        if self.credits_left is not None and self.credits_left < CREDITS:
            return "CHAT_CREDITS_EXHAUSTED"
        if agent.credit_limit is not None and agent.credits_used + CREDITS > agent.credit_limit:
            return "CHAT_AGENT_CREDITS_EXHAUSTED"
        return None

    def _now(self) -> int:
        return int(self._clock())


def _suggestions() -> list[dict[str, object]]:
    shops: list[Mapping[str, object]] = [
        {"text": "Where is the shop?", "order": 0},
        {"text": "When is it open?", "order": 1},
    ]
    return [
        {"text": "Tell me a joke", "type": "single", "order": 0},
        {"text": "Look something up for me", "type": "single", "order": 1},
        {"name": "The shop", "type": "nested", "order": 2, "items": shops},
    ]
