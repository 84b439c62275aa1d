"""What the document of Chatbase v2 leaves open ([?] there, or not said): one choice of each, which tests change."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """What has become of a conversation."""

    ONGOING = "ongoing"
    ENDED = "ended"
    TAKEN_OVER = "taken_over"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Unsettled:
    """How the stand-in behaves where more than one way would fit the document."""

    silent_when: frozenset[Status] = frozenset({Status.PAUSED})
    """In these a message is recorded and gets a success without any text; in all others that are not ongoing it is
    refused with CHAT_CONVERSATION_NOT_ONGOING. The document says "records messages and gives no AI reply" of `paused`,
    and of that code that its reason may be `taken_over` or `paused`."""
    conversation_status: int = 400
    """HTTP status of CHAT_CONVERSATION_MISMATCH and CHAT_CONVERSATION_NOT_ONGOING; public clients expect 400."""
    unknown_conversation: str = "RESOURCE_NOT_FOUND"
    """The code for a conversation that does not exist; or CHAT_CONVERSATION_MISMATCH."""
    keeps_partial: bool = True
    """Whether an answer that was cut or left is in the conversation, as far as it went."""
    newest_first: bool = False
    """In which order a conversation's messages are listed."""
    bare_conversation: bool = False
    """Whether GET of a conversation returns it without `data` around, as the document prints it."""
    reset_in_ms: bool = False
    """Whether X-RateLimit-Reset is in milliseconds; one source says so, another says seconds."""
