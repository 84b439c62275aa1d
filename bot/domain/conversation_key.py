"""Whose conversation a question belongs to."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["shared", "personal", "private", "guest"]
"""shared: the channel's · personal: one member's, if the channel is set so · private: one person's, of answers that
nobody else sees · guest: the channel's, while the bot is no member there."""

NOBODY = 0
"""The person of a conversation that is not one person's."""


@dataclass(frozen=True, slots=True, order=True)
class ConversationKey:
    """A conversation's place; with each provider there is one. `person` is `NOBODY` if a channel's people share it."""

    channel: int
    kind: Kind = "shared"
    person: int = NOBODY

    @classmethod
    def of(cls, channel: int, kind: Kind, asker: int) -> "ConversationKey":
        """Return the place of what `asker` asks in a channel."""
        return cls(channel, kind, NOBODY if is_shared(kind) else asker)

    @property
    def is_shared(self) -> bool:
        """Whether several people may have spoken in it."""
        return is_shared(self.kind)


def is_shared(kind: Kind) -> bool:
    """Return whether several people may have spoken in such a conversation."""
    return kind in ("shared", "guest")
