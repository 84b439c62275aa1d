"""How a run opens: what is read for it, and what is recorded, in one step."""

from dataclasses import dataclass

from bot.domain.answer import RunStart
from bot.domain.conversation import Conversation
from bot.domain.conversation_key import ConversationKey
from bot.domain.settings.server_settings import StoredSettings

SettingsPlace = tuple[int | None, int]
"""A server, None for direct messages, and a channel: whose settings apply."""

Context = Conversation | str
"""What a provider needs of what came before: the conversation, or the asker's key if it keeps that itself."""


@dataclass(frozen=True, slots=True)
class ContextQuery:
    """Which context to read. `max_turns` is for the conversation; None asks for the asker's key."""

    provider: str
    key: ConversationKey
    asker: int
    max_turns: int | None


@dataclass(frozen=True, slots=True)
class Opening:
    """A run to begin, and the context to read for it; None if its turn has not come, which is too early to read it."""

    start: RunStart
    context: ContextQuery | None


@dataclass(frozen=True, slots=True)
class Opened:
    """What was read for a run. `is_begun` tells whether the run is stored."""

    settings: StoredSettings
    context: Context | None
    is_begun: bool
