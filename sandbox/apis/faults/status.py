"""Faults that answer at once with something that is no answer: error statuses, pages, redirects, nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import ClassVar

from sandbox.apis.faults.fault import Fault, Renderer, whole
from sandbox.apis.replies.reply import Reply, to_json
from sandbox.apis.transport.request_log import Received
from sandbox.apis.transport.wire_response import WireResponse

HTML_PAGE = (
    "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n"
    "<body><center><h1>502 Bad Gateway</h1></center><hr><center>edge</center></body></html>\n"
)


@dataclass(frozen=True, slots=True)
class Status(Fault):
    """An error status with the API's own error document, or any body."""

    name: ClassVar[str] = "status"
    status: int
    text: str = "Something went wrong."
    """Goes into the API's error document, if that has a text."""
    retry_after: int | str | datetime | None = None
    """Seconds, any text such as Tamako's `14:59`, or a time, sent as an HTTP date (it must be in UTC)."""
    body: bytes | str | Mapping[str, object] | None = None
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    async def play(self, api: Renderer, received: Received, /) -> WireResponse:
        """Return the error, with Retry-After when that is set."""
        body = self.body
        if body is None:
            body = to_json(api.error(self.status, self.text, received))
        elif isinstance(body, str):
            body = body.encode()
        elif not isinstance(body, bytes):
            body = to_json(body)
        return whole(body, self.content_type, self.status, {**self.headers, **self._retry_header()})

    def _retry_header(self) -> dict[str, str]:
        match self.retry_after:
            case None:
                return {}
            case datetime() as when:
                return {"Retry-After": format_datetime(when, usegmt=True)}
            case other:
                return {"Retry-After": str(other)}


@dataclass(frozen=True, slots=True)
class RateLimited(Fault):
    """429 with a Retry-After in the API's own spelling: seconds, or Tamako's `mm:ss`."""

    name: ClassVar[str] = "rate-limited"

    async def play(self, api: Renderer, received: Received, /) -> WireResponse:
        """Return the 429."""
        return await Status(429, "Too many requests.", retry_after=api.retry_after).play(api, received)


@dataclass(frozen=True, slots=True)
class HtmlPage(Fault):
    """A page of HTML, as a proxy in front of the API answers."""

    name: ClassVar[str] = "html"
    status: int = 502

    async def play(self, _api: Renderer, _received: Received, /) -> WireResponse:
        """Return the page."""
        return whole(HTML_PAGE.encode(), "text/html; charset=utf-8", self.status)


@dataclass(frozen=True, slots=True)
class EmptyBody(Fault):
    """No body at all, under the content type of an answer."""

    name: ClassVar[str] = "empty"
    status: int = 200

    async def play(self, api: Renderer, received: Received, /) -> WireResponse:
        """Return nothing, politely."""
        natural = await api.render(Reply(""), received)
        return whole(b"", natural.headers["Content-Type"], self.status)


@dataclass(frozen=True, slots=True)
class Redirect(Fault):
    """Redirects the client; a client that follows shows up in the API's `strays`."""

    name: ClassVar[str] = "redirect"
    status: int = 302
    location: str = "/elsewhere"

    async def play(self, _api: Renderer, _received: Received, /) -> WireResponse:
        """Return the redirect."""
        return whole(b"", "text/plain", self.status, {"Location": self.location})
