"""The bot's log as its host would have it at DEBUG, held against all that must never stand in it."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from typing import TYPE_CHECKING

from bot.logs import OWN_LOGGERS, set_up_logging

if TYPE_CHECKING:
    from tests.e2e.stage import Stage

SHORTEST = 10
"""Characters: a shorter text may stand in a line by chance."""


@dataclass
class LogLines:
    """What the bot logged."""

    stream: StringIO = field(default_factory=StringIO)

    def events(self, logger: str = "") -> list[str]:
        """Return what was said by a logger and those below it, tracebacks included."""
        events = [json.loads(line) for line in self.stream.getvalue().splitlines()]
        chosen = [event for event in events if event["logger"].startswith(logger)]
        return ["\n".join([event["message"], *event.get("exception", [])]) for event in chosen]

    def leaks(self, stage: "Stage") -> list[tuple[str, str]]:
        """Return every secret and every text by somebody that stands in the log, each with where it stands."""
        hidden = {*secrets_of(stage), *texts_of(stage)}
        return [(each, event) for event in self.events() for each in hidden if each in event]


@contextmanager
def listening() -> Iterator[LogLines]:
    """Write the log down as the bot itself would set it up, at its finest level."""
    root, own = logging.getLogger(), [logging.getLogger(name) for name in OWN_LOGGERS]
    handlers, level = root.handlers[:], root.level
    heard = LogLines()
    set_up_logging("DEBUG", "json", heard.stream)
    ear = root.handlers[0]
    root.handlers.extend(handlers)
    try:
        yield heard
    finally:
        root.removeHandler(ear)
        root.setLevel(level)
        for logger in own:
            logger.setLevel(logging.NOTSET)


def secrets_of(stage: "Stage") -> Iterator[str]:
    """Yield every credential, and the tokens of interactions, with which anybody could write in the bot's name."""
    yield stage.app.token
    for api in stage.apis.all:
        yield from api.secrets
    yield from stage.discord.world.interactions_by_token


def texts_of(stage: "Stage") -> Iterator[str]:
    """Yield what people asked and what the APIs answered, as far as it is long enough not to occur by chance."""
    for api in stage.apis.all:
        for received in api.received:
            yield from _pieces(received.question or "")
            yield from _pieces(received.answered.text)
    for message in stage.all_messages():
        if not message.author.is_bot:
            yield from _pieces(message.content.replace(stage.app.bot.mention, ""))


def _pieces(text: str) -> Iterator[str]:
    """Yield the lines of a text, and of each the beginning, since a log might cut it."""
    for line in text.splitlines()[:50]:
        line = line.strip()
        if len(line) >= SHORTEST:
            yield line[:40]
