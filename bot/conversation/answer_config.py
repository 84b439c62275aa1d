"""Who answers in one place, and how."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.conversation_key import is_shared
from bot.domain.provider import Owner, Persona, Provider
from bot.domain.question import Location
from bot.domain.secrets.credentials import CredentialId
from bot.domain.settings.server_settings import EffectiveSetting


@dataclass(frozen=True, slots=True)
class AnswerConfig:
    """Who answers in one location, and how.

    `is_personal` says that each member has a conversation of their own there. `max_messages` is how many messages an
    answer may take, None for Discord's own bounds. With `in_threads` a thread is started for each answer. `server` is
    the one whose own credentials the provider is asked with, None if they are the operator's; `saved_at` is when those
    were saved, in seconds since 1970 (UTC). `fallbacks` say who answers if the provider is out, in order; they have
    none themselves.
    """

    provider: Provider
    persona: Persona
    options: Mapping[str, str]
    is_personal: bool = False
    max_messages: int | None = None
    in_threads: bool = False
    server: int | None = None
    saved_at: int = 0
    fallbacks: "tuple[AnswerConfig, ...]" = ()

    @property
    def owner(self) -> Owner:
        """Whose credentials the provider is asked with."""
        return "host" if self.server is None else "server"

    @property
    def credential_id(self) -> CredentialId:
        """What tells these credentials from all others."""
        return CredentialId(self.provider.name, self.server, self.saved_at)

    def is_shared_in(self, location: Location) -> bool:
        """Return whether a conversation there is everybody's, not one person's."""
        kind = location.kind(is_personal=self.is_personal)
        return is_shared(kind) and not (self.provider.remembers == "people" or location.is_dm)


@dataclass(frozen=True, slots=True)
class Overview:
    """What applies in one location: each setting by name, who answers, and who was chosen to, None if nobody was.

    Another one answers than was chosen if the chosen one has no credentials.
    """

    settings: Mapping[str, EffectiveSetting]
    answering: Provider
    chosen_provider: str | None
