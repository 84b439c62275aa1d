"""The addresses of Chatbase v2: which call a request is, and which agent, conversation and message it names."""

import re
from dataclasses import dataclass
from enum import Enum

BASE = "/api/v2"
_CONVERSATION = f"{BASE}/agents/{{agent}}/conversations/{{conversation}}"


class Call(Enum):
    """A documented call: its method and its address."""

    LIST_AGENTS = ("GET", f"{BASE}/agents")
    CHAT = ("POST", f"{BASE}/agents/{{agent}}/chat")
    RETRY = ("POST", f"{_CONVERSATION}/retry")
    GIVE_FEEDBACK = ("PATCH", f"{_CONVERSATION}/messages/{{message}}/feedback")
    LIST_MESSAGES = ("GET", f"{_CONVERSATION}/messages")
    GET_CONVERSATION = ("GET", _CONVERSATION)
    PAUSE = ("PATCH", _CONVERSATION)

    @property
    def asks(self) -> bool:
        """Whether the agent is to answer."""
        return self in (Call.CHAT, Call.RETRY)


@dataclass(frozen=True, slots=True)
class Address:
    """A call and the ids in its address, each empty if the address has none."""

    call: Call
    agent: str = ""
    conversation: str = ""
    message: str = ""


def _compile(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))


_PATTERNS = {call: _compile(call.value[1]) for call in Call}


def find_address(method: str, path: str) -> Address | None:
    """Return what the request asks for; None if the document has no such address or not with this method."""
    for call, pattern in _PATTERNS.items():
        if call.value[0] == method and (found := pattern.fullmatch(path)):
            return Address(call, **found.groupdict())
    return None
