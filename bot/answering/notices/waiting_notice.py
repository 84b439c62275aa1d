"""Tells an asker that the provider has said nothing yet."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from bot.streaming.live_answer import LiveAnswer
from bot.strings.markup import small
from bot.strings.notices import waiting_for

WAITING_AFTER = 5.0
"""Seconds after which an asker is told that the provider has said nothing yet, and is offered to stop."""


@contextmanager
def waiting_notice(live: LiveAnswer, label: str) -> Iterator[None]:
    """While the block reads an answer of which nothing comes, say so: the typing indicator alone looks like a fault."""

    def show() -> None:
        if live.empty and not live.messages:
            live.show_placeholder(small(waiting_for(label)))

    timer = asyncio.get_running_loop().call_later(WAITING_AFTER, show)
    try:
        yield
    finally:
        timer.cancel()
