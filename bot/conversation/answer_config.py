"""Who answers in one place, and how."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.conversation.chatbots import Available
from bot.domain.conversation_key import is_shared
from bot.domain.fair_use.limits import NO_LIMITS, ServerLimits
from bot.domain.provider import Owner, Persona, Provider
from bot.domain.question import Location
from bot.domain.secrets.credentials import CredentialId
from bot.domain.settings.server_settings import EffectiveSetting


@dataclass(frozen=True, slots=True)
class AnswerConfig:
    """Who answers in one location, and how.

    `is_personal` says that each member has a conversation of their own there. `max_messages` is how many messages an
    answer may take, None for Discord's own bounds. With `in_threads` a thread is started for each answer. `server` is
    the one whose own credentials the provider is asked with, and `saving` tells which of them (see `CredentialId`);
    None if they are the operator's. `names` are those of all providers that can be asked there. `limits` are how
    many questions the server's admins let people ask. `fallbacks` say who answers if the provider is out, in order;
    they have none themselves.
    """

    provider: Provider
    persona: Persona
    options: Mapping[str, str]
    is_personal: bool = False
    max_messages: int | None = None
    in_threads: bool = False
    server: int | None = None
    limits: ServerLimits = NO_LIMITS
    saving: int = 0
    names: tuple[str, ...] = ()
    fallbacks: "tuple[AnswerConfig, ...]" = ()

    @property
    def has_others(self) -> bool:
        """Whether another provider can be asked there too."""
        return len(self.names) > 1

    @property
    def owner(self) -> Owner:
        """Whose credentials the provider is asked with."""
        return self.credential_id.owner

    @property
    def credential_id(self) -> CredentialId:
        """What tells these credentials from all others."""
        return CredentialId(self.provider.name, self.server, self.saving)

    @property
    def health_id(self) -> CredentialId:
        """What it depends on whether the provider answers: the credentials, and what admins chose of its options."""
        return self.credential_id._replace(options=hash(frozenset(self.options.items())) if self.options else 0)

    def is_shared_in(self, location: Location) -> bool:
        """Return whether a conversation there is everybody's, not one person's."""
        kind = location.kind(is_personal=self.is_personal)
        return is_shared(kind) and not (self.provider.remembers == "people" or location.is_dm)


@dataclass(frozen=True, slots=True)
class Presentation:
    """How an answer is shown in one location; see `AnswerConfig`."""

    max_messages: int | None
    has_others: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """What applies in one location: each setting by name, who can be asked, who answers, and who was chosen to.

    Another one answers than was chosen if the chosen one has no credentials; None if nobody has, or was chosen.
    """

    settings: Mapping[str, EffectiveSetting]
    available: Available
    answering: Provider | None
    chosen_provider: str | None
