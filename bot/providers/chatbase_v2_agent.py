"""What Chatbase v2 tells of an agent: whether it can answer, its credits, and what it suggests to ask it. Pure.

Fields from `reference/provider-docs/chatbase-v2.md`, "GET /agents".
"""

from collections.abc import Iterator, Sequence

from bot.domain.provider import Account, NotReady
from bot.providers.response import JsonObject
from bot.providers.streams.chatbase_v2_answer import read_amount

_MAX_SUGGESTION_CHARS = 2000
_MAX_NESTING = 3


def read_account(agent: JsonObject) -> Account | NotReady:
    """Return what its status and its credits say."""
    status = str(agent.get("status") or "").lower()
    if status in ("training", "failed"):
        return NotReady(failed=status == "failed")
    name = agent.get("name")
    used, limit = read_amount(agent.get("creditsUsed")), read_amount(agent.get("creditLimit"))
    left = None if used is None or limit is None else limit - used
    return Account(name if isinstance(name, str) else "", used, left)


def read_suggestions(agent: JsonObject) -> Sequence[str]:
    """Return its suggested messages, each on one line and once: texts, objects with a text, or groups of those."""
    found = (" ".join(text.split()) for text in _suggestions(agent.get("suggestedMessages"), _MAX_NESTING))
    sendable = (text.encode(errors="replace").decode() for text in found)  # JSON may hold half a surrogate pair
    return [text for text in dict.fromkeys(sendable) if 0 < len(text) <= _MAX_SUGGESTION_CHARS]


def _suggestions(items: object, depth: int) -> Iterator[str]:
    if not isinstance(items, list) or not depth:
        return
    for item in sorted(items, key=_order):
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            text = item.get("text")
            if isinstance(text, str):
                yield text
            yield from _suggestions(item.get("items"), depth - 1)


def _order(item: object) -> float:
    return (read_amount(item.get("order")) if isinstance(item, dict) else None) or 0.0
