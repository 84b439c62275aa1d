"""Which providers can be asked where: the operator's, and those that servers bring themselves."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.errors import NoChatbot, NotConfigured
from bot.domain.provider import Memory, Provider
from bot.domain.secrets.credentials import CredentialId, StoredCredentials
from bot.domain.server_providers import NO_SERVER_PROVIDERS, ProviderKind, ServerProviders


@dataclass(frozen=True, slots=True)
class Available:
    """The providers that can be asked in one place, by name, and which of them answers if nobody chose another.

    `server` is None outside servers, and for somebody who uses the bot where it is no member. `own` are those that
    are asked with the server's own credentials, by name. `default` is None if there are none at all.
    """

    server: int | None
    providers: Mapping[str, Provider]
    own: Mapping[str, CredentialId]
    default: str | None

    def credential_id(self, name: str) -> CredentialId:
        """Return which credentials a provider is asked with."""
        return self.own.get(name, CredentialId(name))


@dataclass(frozen=True, slots=True)
class Chatbots:
    """All providers that there are.

    `hosts` are the operator's by name, and `default` is the name of the one that answers if nobody chose another. If
    `is_shared`, servers are answered with the operator's credentials too. `brought` opens the servers' own.
    """

    hosts: Mapping[str, Provider]
    default: str | None
    is_shared: bool = True
    brought: ServerProviders = NO_SERVER_PROVIDERS

    @property
    def labels(self) -> Mapping[str, str]:
        """What all that may answer somewhere are called in sentences, by name."""
        kinds = {name: kind.label for name, kind in self.brought.kinds.items()}
        return kinds or {name: provider.label for name, provider in self.hosts.items()}

    def remembering(self, memory: Memory) -> Mapping[str, str]:
        """Return those of the labels whose provider keeps this by itself."""
        known: Mapping[str, Provider | ProviderKind] = {**self.hosts, **self.brought.kinds}
        return {name: label for name, label in self.labels.items() if known[name].remembers == memory}

    @property
    def can_bring(self) -> bool:
        """Whether servers may bring credentials of their own."""
        return bool(self.brought.kinds)

    def available(self, server: int | None, credentials: Mapping[str, StoredCredentials]) -> Available:
        """Return which can be asked in a server that brought these credentials, or outside servers if it is None."""
        own = {name: self.brought.open(credentials[name]) for name in self.brought.kinds if name in credentials}
        shared = self.hosts if server is None or self.is_shared else {}
        providers = {
            name: own[name] if name in own else shared[name] for name in self.labels if name in {**own, **shared}
        }
        # A server that brought its own is answered by one of them, unless its admins choose otherwise.
        first = own or providers
        default = self.default if self.default in first else next(iter(first), None)
        ids = {name: CredentialId(name, server, credentials[name].saving) for name in own}
        return Available(server, providers, ids, default)

    def find(self, available: Available, name: str | None, chosen: str | None) -> Provider:
        """Return the provider with this name, if one is named, else the `chosen` one, else the default.

        One that was chosen but can no longer be asked is ignored. Raises `NotConfigured` and `NoChatbot`.
        """
        can_bring = available.server is not None and self.can_bring
        providers = available.providers
        if name is not None:
            if name not in providers:
                raise NotConfigured(self.labels.get(name, name) if can_bring else name, can_bring=can_bring)
            return providers[name]
        if available.default is None:
            raise NoChatbot(in_server=available.server is not None, can_bring=can_bring)
        return providers[available.default if chosen is None or chosen not in providers else chosen]
