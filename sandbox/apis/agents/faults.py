"""Faults that only Chatbase v2 has: its errors by their codes, streams that go wrong, conversations taken over."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import ClassVar

from sandbox.apis.agents.addresses import Call, find_address
from sandbox.apis.agents.errors import ERRORS, refuse
from sandbox.apis.agents.events import Event, failure, finish, tool
from sandbox.apis.agents.unsettled import Status
from sandbox.apis.agents.workspace import Workspace
from sandbox.apis.faults.error_in_success import BEGINNING, REASON
from sandbox.apis.faults.fault import Fault, Renderer, whole
from sandbox.apis.faults.registry import FAULTS
from sandbox.apis.replies.reply import Piece, Reply, to_json, words
from sandbox.apis.transport.request_log import Received
from sandbox.apis.transport.wire_response import WireResponse

_ONLY_FOR: Mapping[str, frozenset[Call]] = MappingProxyType(
    {
        "CHAT_RETRY_": frozenset({Call.RETRY}),
        "CHAT_": frozenset({Call.CHAT, Call.RETRY}),
        "RESOURCE_MESSAGE_": frozenset({Call.GIVE_FEEDBACK}),
    }
)
"""Which calls an error belongs to, by the beginning of its code; every other one belongs to all."""


def _concerns(code: str, received: Received) -> bool:
    calls = next((calls for beginning, calls in _ONLY_FOR.items() if code.startswith(beginning)), None)
    address = find_address(received.method, received.path)
    return calls is None or (address is not None and address.call in calls)


@dataclass(frozen=True, slots=True)
class ErrorCode(Fault):
    """One of the documented errors; calls that cannot have it are answered as ever."""

    name: ClassVar[str] = "error-code"
    code: str
    retry_after: int | None = None
    """Seconds."""

    async def play(self, api: Renderer, received: Received, /) -> WireResponse:
        """Return the error."""
        if not _concerns(self.code, received):
            return await api.answer(received)
        refusal = refuse(self.code)
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return whole(to_json(refusal.document), "application/json", refusal.status, headers)


@dataclass(frozen=True, slots=True)
class Pieces(Fault):
    """An answer that is made of these pieces."""

    name: ClassVar[str] = "pieces"
    pieces: tuple[Piece, ...]

    async def play(self, api: Renderer, received: Received, /) -> WireResponse:
        """Return the answer."""
        address = find_address(received.method, received.path)
        if address is None or not address.call.asks:
            return await api.answer(received)
        return await api.render(Reply(pieces=self.pieces), received)


@dataclass(frozen=True, slots=True)
class Changed(Fault):
    """Every conversation that a request names gets this status first, as if a person had done it."""

    name: ClassVar[str] = "changed"
    workspace: Workspace
    status: Status

    async def play(self, api: Renderer, received: Received, /) -> WireResponse:
        """Change the conversation, and answer."""
        conversation = self.workspace.conversations.get(received.user_key or "")
        if conversation is not None:
            conversation.status = self.status
        return await api.answer(received)


def agent_faults(workspace: Workspace) -> Mapping[str, Callable[[], Fault]]:
    """Return all faults of Chatbase v2 by name: those that every API has, and its own."""
    beginning = tuple(words(BEGINNING))
    told_by_name = Event({"type": "error", "errorText": REASON}, "error")
    return MappingProxyType(
        {
            **FAULTS,
            "error-event": lambda: Pieces((*beginning, told_by_name)),
            "error-payload": lambda: Pieces((*beginning, failure(REASON))),
            "error-at-the-end": lambda: Pieces((*beginning, finish("error"))),
            "tool-calls": lambda: Pieces((*tool(output=None), finish("tool-calls"))),
            "no-text": lambda: Pieces(()),
            **{status.value: partial(Changed, workspace, status) for status in Status if status is not Status.ONGOING},
            **{code: partial(ErrorCode, code) for code in ERRORS},
        }
    )
