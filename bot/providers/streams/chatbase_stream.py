"""Chatbase's answer in whichever form it comes, raw text, server-sent events or JSON, told apart by its bytes.

The document promises server-sent events while its samples print raw text (`reference/providers.md`, "the
contradiction"), so nothing is believed that the body does not bear out:

- events, if the content type says so and the body can be read so, or the body begins with a whole frame;
- JSON, if the content type says so, or no stream was asked for, or the whole body is one object that is a documented
  reply or error;
- raw text otherwise, also if it only begins as one of those does.
"""

from collections.abc import Iterator

from bot.domain.errors import InvalidResponse
from bot.providers.body_errors import ERROR_KEYS, is_error_only
from bot.providers.charsets import BodyDecoder
from bot.providers.response import unwrap_json
from bot.providers.streams.chatbase_events import Events
from bot.providers.streams.chatbase_forms import Form, Json, Raw, Refuse
from bot.providers.streams.frame_scan import FrameScan
from bot.providers.streams.object_scan import ObjectScan

_EVENT_STREAM, _JSON, _HTML = "text/event-stream", "application/json", "text/html"

_REPLY_KEYS = frozenset({"text", "error", "chatbotId", "contactId", "conversationId", "messageId"})
"""The documented `{"text": …}`, and what may be beside that: a person may ask for JSON with a text in it, too."""


class AnswerStream:
    """Turns the body's bytes, split anywhere, into the answer's text. Pure; one serves one reply.

    `streaming` is what was asked for, `delimited` whether HTTP told where the body ended, `refuse` makes the error for
    a decoded body, or an event's payload, that holds an error instead of an answer. `decoder` is that of the body's
    charset, UTF-8 if None.

    A body is held back only while it can still be something else than raw text: for its first frame of at most 16,384
    characters, or as long as it can be one JSON object with documented keys only.
    """

    def __init__(
        self,
        label: str,
        media_type: str,
        *,
        streaming: bool,
        delimited: bool,
        refuse: Refuse,
        decoder: BodyDecoder | None = None,
    ) -> None:
        self._label, self._media_type = label, media_type
        self._delimited, self._refuse = delimited, refuse
        self._is_json = not streaming or media_type == _JSON or media_type.endswith("+json")
        self._decoder = decoder or BodyDecoder()
        self._frame = FrameScan(declared=media_type == _EVENT_STREAM)
        self._object = ObjectScan(_REPLY_KEYS | ERROR_KEYS)
        self._head: list[str] = []
        self._form: Form | None = None

    @property
    def finished(self) -> bool:
        """Whether the body itself said that the answer is complete, so that nothing more need be read."""
        return self._form is not None and self._form.finished

    def feed(self, chunk: bytes) -> Iterator[str]:
        """Yield the text that `chunk` adds; raises `InvalidResponse` for an HTML page, or what `refuse` makes."""
        yield from self._feed(self._decoder.feed(chunk))

    def close(self) -> Iterator[str]:
        """Yield what was held back, once the body has ended.

        Raises what `refuse` makes if that was an error, and `CutShort` if an event was torn, or if neither `[DONE]` nor
        HTTP itself marked the end of an event stream. A stream that HTTP says is complete needs no `[DONE]`: the server
        ended it on purpose. Its documentation promises a `[DONE]`, but no sample and no public client waits for it.
        """
        yield from self._feed(self._decoder.feed(b"", final=True))
        if self._form is None:
            whole = not self._is_json and self._object.verdict
            yield from self._choose(Json(self._label, self._refuse) if whole and _is_documented(self._held) else None)
        assert self._form is not None
        yield from self._form.close()

    def salvage(self) -> Iterator[str]:
        """Yield what was held back when the connection broke, as far as it is text to show.

        Raises what `refuse` makes if an error had been told before.
        """
        if self._form is None:
            torn = not self._is_json and self._object.verdict is not False and self._object.seen
            yield from self._choose(Json(self._label, self._refuse) if torn else None)
        assert self._form is not None
        yield from self._form.salvage()

    @property
    def _held(self) -> str:
        return "".join(self._head)

    def _feed(self, text: str) -> Iterator[str]:
        if self._form is not None:
            yield from self._form.feed(text)
            return
        self._head.append(text)
        is_stream, is_object = self._frame.feed(text), self._object.feed(text)
        if is_stream:
            wary = self._media_type != _EVENT_STREAM
            yield from self._choose(Events(self._label, self._refuse, wary=wary, delimited=self._delimited))
        elif is_stream is False and (self._is_json or is_object is False):
            yield from self._choose(None)

    def _choose(self, form: Form | None) -> Iterator[str]:
        """Read on as `form`, and the body so far, too; None: as what the content type leaves."""
        held = self._held
        if form is None and self._is_json:
            form = Json(self._label, self._refuse)
        if form is None and self._media_type == _HTML and held.lstrip().startswith("<"):
            raise InvalidResponse(self._label, "an HTML page")
        self._form = form or Raw()
        self._head.clear()
        yield from self._form.feed(held)


def _is_documented(body: str) -> bool:
    """Tell whether `body` is a reply or an error as Chatbase documents them."""
    payload = unwrap_json(body)
    if payload is None:
        return False
    if isinstance(payload.get("text"), str) and payload.keys() <= _REPLY_KEYS:
        return True
    return is_error_only({key: value for key, value in payload.items() if key != "text" or value})
