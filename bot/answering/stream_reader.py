"""Reads a provider's answer into the live answer, until it is complete, fails, or is broken off."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from types import TracebackType

from bot.answering.stored_buttons import Tokens
from bot.domain.content import Chunk
from bot.domain.errors import (
    AnswerError,
    DatabaseUnavailable,
    InternalError,
    Interrupted,
    NoReply,
    NothingToRead,
    OutOfTime,
    ProviderError,
    is_refusal,
)
from bot.domain.provider import LookingUp, Prompt, Provider, Receipt
from bot.domain.runtime.slices import Slices
from bot.streaming.live_answer import LiveAnswer
from bot.streaming.segment import SLICE
from bot.strings.markup import small
from bot.strings.notices import looking_up

_log = logging.getLogger(__name__)

BuildPrompt = Callable[[], Awaitable[Prompt]]


class Cancellation:
    """Breaks off the reading of one answer, once. `reason` says why.

    Several providers may be read one after another. `deadline` is when the reading ends by itself, in the event loop's
    time.
    """

    def __init__(self, deadline: float | None = None) -> None:
        self.reason: AnswerError | None = None
        self.is_over = False
        """Whether the reading is over, or will be at once."""
        self.has_asked = False
        """Whether a provider was asked."""
        self._broken_off = False
        self._deadline = deadline
        self._timeout: asyncio.Timeout | None = None
        """Set while a provider is read."""

    def end(self, reason: AnswerError | None) -> None:
        """Break the reading off, now or as soon as it would begin; without effect if it is over."""
        if self.is_over:
            return
        self._broken_off = self.is_over = True
        self.reason = reason
        if self._timeout is not None:
            self._timeout.reschedule(asyncio.get_running_loop().time())

    def close(self) -> None:
        """Say that no other provider is read: there is nothing left to break off."""
        self.is_over = True

    def was_broken_off(self) -> bool:
        """Tell whether `end` broke it off."""
        return self._broken_off

    def is_overdue(self) -> bool:
        """Tell whether its deadline has passed."""
        return self._deadline is not None and asyncio.get_running_loop().time() >= self._deadline

    async def __aenter__(self) -> None:
        self._timeout = await asyncio.timeout_at(self._deadline).__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        timeout, self._timeout = self._timeout, None
        assert timeout is not None
        await timeout.__aexit__(kind, error, trace)


@dataclass(frozen=True, slots=True)
class ReadEnd:
    """How the reading of an answer ended: what kept it from being whole, and what the provider told of it.

    `is_untouched` says that the provider keeps nothing of the question: it was not sent, or refused at once.
    `is_sent` says that it was sent, and `characters` how many the provider wrote.
    """

    error: AnswerError | None
    receipt: Receipt = field(default_factory=Receipt)
    is_untouched: bool = False
    is_sent: bool = False
    characters: int = 0


class _Notes:
    """What is noted while an answer is read: whether it was asked for, whether anything came, and the last receipt."""

    def __init__(self) -> None:
        self.has_begun, self.is_silent = False, True
        self.receipt = Receipt()


class StreamReader:
    """Reads any number of answers at once, and can interrupt them all."""

    def __init__(self) -> None:
        self._under_way: set[Cancellation] = set()
        self._closed = False

    def interrupt(self) -> int:
        """Break off every answer in progress, and any that begins later; returns how many were in progress."""
        self._closed = True
        for reading in self._under_way:
            reading.end(Interrupted())
        return len(self._under_way)

    async def read(
        self,
        provider: Provider,
        build: BuildPrompt,
        live: LiveAnswer,
        reading: Cancellation,
        tokens: Tokens,
        on_piece: Callable[[], None] = lambda: None,
    ) -> ReadEnd:
        """Push the provider's answer into `live`, its buttons with `tokens`; return how that ended.

        `on_piece` is called after each piece of it.

        `build` returns the prompt, which may take time, or raises `NothingToRead` or `DatabaseUnavailable`.
        Ends early, with its reason, if `reading` is ended. The caller that opened `live` ends it if `live` is lost, and
        closes `reading` if no other provider is read.
        """
        if self._closed:
            reading.end(Interrupted())
        elif reading.is_overdue():
            reading.end(OutOfTime())
        if reading.was_broken_off():
            return ReadEnd(reading.reason, is_untouched=True)
        self._under_way.add(reading)
        notes = _Notes()
        error = await self._read(provider, build, live, reading, tokens, notes, on_piece)
        live.end_text()
        if error is None and live.empty and not reading.was_broken_off():
            error = NoReply(provider.label)
        is_untouched = not notes.has_begun or is_refusal(error, is_silent=notes.is_silent)
        return ReadEnd(error, notes.receipt, is_untouched, notes.has_begun, len(live.text))

    async def _read(
        self,
        provider: Provider,
        build: BuildPrompt,
        live: LiveAnswer,
        reading: Cancellation,
        tokens: Tokens,
        notes: _Notes,
        on_piece: Callable[[], None],
    ) -> AnswerError | None:
        try:
            async with reading:
                prompt = await build()
                notes.has_begun = reading.has_asked = True
                async with aclosing(provider.stream(prompt)) as pieces:
                    slices = Slices()
                    async for piece in pieces:
                        notes.is_silent = False
                        if isinstance(piece, Receipt):
                            notes.receipt = piece
                            continue
                        if isinstance(piece, LookingUp):
                            live.show_placeholder(small(looking_up(provider.label)))
                            continue
                        for part in _cut(piece):
                            live.push(part if isinstance(part, str) else tokens.put_on(part))
                            on_piece()
                            await slices.pause_if_due()  # a provider that sends a lot at once never waits itself
        except (ProviderError, NothingToRead, DatabaseUnavailable) as error:
            return error
        except Exception as error:  # noqa: BLE001 - what was shown so far is kept, whatever went wrong
            if isinstance(error, TimeoutError) and reading.was_broken_off():
                return reading.reason
            if isinstance(error, TimeoutError) and reading.is_overdue():
                return OutOfTime()
            _log.exception("%s: reading an answer failed", provider.name)
            return InternalError()
        finally:
            self._under_way.discard(reading)
        return None


def _cut(piece: Chunk) -> Iterator[Chunk]:
    """Yield a piece in parts, each of which takes a moment to push."""
    if not isinstance(piece, str):
        yield piece
        return
    for start in range(0, len(piece), SLICE):
        yield piece[start : start + SLICE]
