"""Settings that admins make in Discord: their names, their limits, and which of them is in force where."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

Scope = Literal["server", "channel"]
Source = Literal["channel", "server", "default"]

DEFAULT_PREFIX = "!"
"""The prefix of text commands in a server that set none; Tamako is sent a prefix only where one was set."""

PERSONA_LIMITS: Mapping[str, int] = {"name": 32, "gender": 32, "prefix": 10, "developer": 64}
"""The longest value of each persona setting, in characters. Discord's limit for nicknames is 32."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What was set by hand for one place: by name, for its server and for its channel."""

    server: Mapping[str, str]
    channel: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class InForce:
    """A setting's value and where it comes from; None where it is unset."""

    value: str | None
    source: Source


class PreferenceStore(Protocol):
    """The database port for settings. Every method raises `MemoryUnavailable` when the database does not answer."""

    async def load(self, server: int | None, channel: int) -> Stored:
        """Return what is set for the server and for the channel."""
        ...

    async def save(self, scope: Scope, server: int, target: int, name: str, value: str | None) -> None:
        """Set `name` for the server or channel `target`, which belongs to `server`; None takes the value away."""
        ...

    async def every(self, name: str) -> Mapping[int, str]:
        """Return the value of one server-wide setting for each server that has it, by server id."""
        ...


def pick(name: str, stored: Stored, default: str | None) -> InForce:
    """Return which value of `name` is in force: the channel's, else the server's, else the default."""
    if name in stored.channel:
        return InForce(stored.channel[name], "channel")
    if name in stored.server:
        return InForce(stored.server[name], "server")
    return InForce(default, "default")
