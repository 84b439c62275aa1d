"""What a log line holds: its facts, the id of the question that it belongs to, and the process."""

import asyncio
import json
import logging
import os
from io import StringIO
from typing import Any

import pytest

from bot.domain.runtime.correlation import correlated, correlation_id
from bot.logs import JsonFormatter, LogFormat, TextFormatter

QUESTION = 1_300_000_000_000_000_001
"""As large as Discord's ids are: no JavaScript number holds it."""


def logged(form: LogFormat, cluster: int | None = None, **extra: object) -> str:
    """Return the line that is written here."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter(cluster) if form == "json" else TextFormatter(cluster))
    record = logging.getLogger("bot.anything").makeRecord(
        "bot.anything", logging.INFO, __file__, 1, "try %d failed", (2,), None, extra=extra
    )
    handler.emit(record)
    return stream.getvalue().rstrip("\n")


def read(line: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(line)
    event.pop("time")
    return event


def test_a_line_of_no_question() -> None:
    said = {"level": "INFO", "logger": "bot.anything", "message": "try 2 failed", "pid": os.getpid()}
    assert read(logged("json")) == said
    assert logged("text").endswith(" INFO    bot.anything: try 2 failed")


def test_a_line_of_a_question_and_its_facts() -> None:
    facts = {"provider": "chatbase", "edits": 3, "error": None}
    with correlated(QUESTION):
        event, line = read(logged("json", fields=facts)), logged("text", fields=facts)
    assert event.items() >= {"correlation_id": str(QUESTION), "provider": "chatbase", "edits": 3, "error": None}.items()
    assert line.endswith(f" INFO    bot.anything: try 2 failed provider=chatbase edits=3 correlation_id={QUESTION}")
    with correlated(2):
        assert logged("text").endswith(": try 2 failed"), "it is named already"


def test_what_asyncio_says_belongs_to_no_question() -> None:
    record = logging.LogRecord("asyncio", logging.ERROR, __file__, 1, "Task was destroyed", (), None)
    with correlated(QUESTION):
        assert "correlation_id" not in JsonFormatter().format(record) + TextFormatter().format(record)


@pytest.mark.parametrize("cluster", [0, 3])
def test_one_of_several_processes_is_named(cluster: int) -> None:
    assert read(logged("json", cluster)).items() >= {"cluster_id": cluster, "pid": os.getpid()}.items()
    assert logged("text", cluster).endswith(f" INFO    cluster {cluster} pid {os.getpid()} bot.anything: try 2 failed")


async def test_what_begins_in_a_question_belongs_to_it_and_to_no_other() -> None:
    async def inner() -> list[int]:
        seen = [correlation_id()]
        await asyncio.sleep(0)
        with correlated(7):
            seen.append(correlation_id())
            await asyncio.sleep(0)
        return [*seen, correlation_id()]

    async def outer(question: int) -> list[int]:
        with correlated(question):
            return await asyncio.create_task(inner())

    assert [*await asyncio.gather(outer(1), outer(2), inner())] == [[1, 7, 1], [2, 7, 2], [0, 7, 0]]
    assert correlation_id() == 0
