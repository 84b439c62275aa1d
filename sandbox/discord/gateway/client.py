"""What the gateway needs of a client's connection."""

from asyncio import Event
from typing import Protocol

from sandbox.discord.gateway.sessions import Session


class Client(Protocol):
    """A connected client; `session` is set once it has identified or resumed, `ended` once the connection is over."""

    ended: Event
    session: Session | None

    def send(self, text: str) -> None:
        """Queue one payload."""

    def send_op(self, op: int, data: object) -> None:
        """Queue a payload that is no event."""

    def close(self, code: int, reason: str = "") -> None:
        """Queue the end of the connection."""

    def cut(self) -> None:
        """Break the connection off without a word."""

    def attach(self, session: Session) -> None:
        """Let a session's events flow through this connection."""

    def compress_payloads(self) -> None:
        """Compress large payloads from now on, unless all are compressed as one stream."""
