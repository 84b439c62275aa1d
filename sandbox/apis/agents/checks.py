"""What Chatbase v2 takes: the fields of each call's body, and the pages of a list."""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from sandbox.apis.agents.addresses import Call
from sandbox.apis.agents.errors import refuse
from sandbox.apis.replies.refusal import Refusal

PAGE_LIMIT, MAX_PAGE_LIMIT = 20, 100
MAX_USER_ID = 128
_UNKNOWN_PARAMETER = "Unrecognized parameter"

Item = TypeVar("Item")
Check = Callable[[object], str | None]
"""Returns what is wrong with a value; None if nothing is."""


def _text(value: object) -> str | None:
    return None if isinstance(value, str) and value else "Expected a string of at least 1 character"


def _flag(value: object) -> str | None:
    return None if isinstance(value, bool) else "Expected a boolean"


def _user_id(value: object) -> str | None:
    if isinstance(value, str) and re.fullmatch(rf"[A-Za-z0-9._-]{{1,{MAX_USER_ID}}}", value):
        return None
    return f"Expected at most {MAX_USER_ID} characters of A-Z, a-z, 0-9, '.', '_' and '-'"


def _feedback(value: object) -> str | None:
    return None if value in ("positive", "negative", None) else "Expected 'positive', 'negative' or null"


FIELDS: Mapping[Call, tuple[Mapping[str, Check], Mapping[str, Check]]] = MappingProxyType(
    {
        Call.CHAT: ({"message": _text}, {"conversationId": _text, "stream": _flag, "userId": _user_id}),
        Call.RETRY: ({"messageId": _text}, {"stream": _flag}),
        Call.GIVE_FEEDBACK: ({"feedback": _feedback}, {}),
        Call.PAUSE: ({"paused": _flag}, {}),
    }
)
"""The required and the optional fields of each call that has a body. Any other field is refused."""


def check_fields(call: Call, fields: Mapping[str, object]) -> None:
    """Raise Refusal if a field is missing, unknown or of the wrong kind."""
    required, optional = FIELDS[call]
    checks = {**required, **optional}
    wrong = dict.fromkeys(required.keys() - fields.keys(), "Required")
    for name, value in fields.items():
        said = checks[name](value) if name in checks else "Unrecognized field"
        if said is not None:
            wrong[name] = said
    if wrong:
        raise _wrong(wrong)


def check_page(query: Mapping[str, str], *, paged: bool) -> None:
    """Raise Refusal if the query is anything but a cursor of ours and a limit from 1 to 100; not `paged`: anything."""
    if not paged and query:
        raise _wrong(dict.fromkeys(query, _UNKNOWN_PARAMETER))
    _read_page(query)


def cut_page(items: Sequence[Item], query: Mapping[str, str]) -> tuple[Sequence[Item], dict[str, object]]:
    """Return the items that the query asks for, and what the answer says of the pages."""
    start, limit = _read_page(query)
    end = start + limit
    more = end < len(items)
    pagination: dict[str, object] = {"cursor": _cursor(end) if more else None, "hasMore": more, "total": len(items)}
    return items[start:end], pagination


def _read_page(query: Mapping[str, str]) -> tuple[int, int]:
    wrong = dict.fromkeys(query.keys() - {"cursor", "limit"}, _UNKNOWN_PARAMETER)
    limit = query.get("limit", str(PAGE_LIMIT))
    if not (re.fullmatch("[0-9]{1,3}", limit) and 1 <= int(limit) <= MAX_PAGE_LIMIT):
        wrong["limit"] = f"Expected a number from 1 to {MAX_PAGE_LIMIT}"
    place = 0
    if "cursor" in query:
        known = _find_start(query["cursor"])
        if known is None:
            wrong["cursor"] = "Unknown cursor"
        place = known or 0
    if wrong:
        raise _wrong(wrong)
    return place, int(limit)


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(f"from {place}".encode()).decode()


def _find_start(cursor: str) -> int | None:
    """Return where the cursor's page begins; None if it is none of ours."""
    try:
        found = re.fullmatch("from ([0-9]{1,9})", base64.urlsafe_b64decode(cursor).decode())
    except ValueError:
        return None
    return int(found[1]) if found else None


def _wrong(details: Mapping[str, str]) -> Refusal:
    return refuse("VALIDATION_INVALID_BODY", details=dict(sorted(details.items())))
