"""All faults by name, for a page's switches."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sandbox.apis.faults.body import (
    CutShort,
    Dropped,
    Endless,
    Huge,
    InvalidJson,
    InvalidUtf8,
    Silent,
    WrongContentType,
)
from sandbox.apis.faults.error_in_success import REASON, ErrorEvent, ToldError, UndeclaredJson
from sandbox.apis.faults.fault import Fault
from sandbox.apis.faults.status import EmptyBody, HtmlPage, RateLimited, Redirect, Status
from sandbox.apis.transport.wire_response import Cut

FAULTS: Mapping[str, Callable[[], Fault]] = MappingProxyType(
    {
        "unauthorized": lambda: Status(401, "The key is wrong."),
        "payment-required": lambda: Status(402, "The message credits are used up."),
        "forbidden": lambda: Status(403, "The plan does not include the API."),
        "not-found": lambda: Status(404, "There is no such chatbot."),
        "rate-limited": RateLimited,
        "server-error": lambda: Status(500, "Internal server error."),
        "unavailable": lambda: Status(503, "The service is being restarted.", retry_after=1),
        "html": HtmlPage,
        "empty": EmptyBody,
        "cut": CutShort,
        "truncated": lambda: CutShort(Cut.TRUNCATE),
        "dropped": Dropped,
        "silent": Silent,
        "endless": Endless,
        "huge": Huge,
        "invalid-json": InvalidJson,
        "invalid-utf-8": InvalidUtf8,
        "wrong-content-type": WrongContentType,
        "json-as-text": UndeclaredJson,
        "error-in-success": ToldError,
        "error-event": ErrorEvent,
        "error-payload": lambda: ErrorEvent(event_name="", payload={"type": "error", "errorText": REASON}),
        "redirect": Redirect,
    }
)
"""`Api.fails` takes these names, `Api.switch` these and "refused"."""
