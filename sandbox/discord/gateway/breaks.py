"""What tests make the gateway do instead of IDENTIFY and RESUME, and when clients tried what."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.discord.gateway.client import Client

Break = Callable[[Client], None]
"""Happens to a connection in place of what its client asked for."""


@dataclass
class Breaks:
    """What is to happen to each IDENTIFY and each RESUME until it is set to None again."""

    identify: Break | None = None
    resume: Break | None = None


@dataclass
class Attempts:
    """When clients tried what, in seconds of the sandbox's clock; what came of it makes no difference.

    `dead_dials` went to the address at which no gateway answers, all other dials are in `dials`.
    """

    dials: list[float] = field(default_factory=list)
    dead_dials: list[float] = field(default_factory=list)
    identifies: list[float] = field(default_factory=list)
    resumes: list[float] = field(default_factory=list)


def close(code: int) -> Break:
    """Close the connection with this code."""
    return lambda client: client.close(code)


def cut(client: Client) -> None:
    """Break the connection off without a word."""
    client.cut()


def ask_to_reconnect(client: Client) -> None:
    """Send op 7."""
    client.send_op(7, None)


def invalidate(*, resumable: bool) -> Break:
    """Send op 9."""
    return lambda client: client.send_op(9, resumable)
