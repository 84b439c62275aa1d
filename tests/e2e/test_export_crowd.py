"""Sixty exports at once, of somebody who asked 40,000 questions, keep nobody else waiting."""

import asyncio
import sqlite3
import time
from contextlib import closing

import pytest

from bot.strings.privacy import already_exporting
from sandbox.discord import Interaction
from tests.e2e.stage import Stage

QUESTIONS = 40_000
ACKNOWLEDGED_WITHIN = 0.3
"""Seconds."""


def remember(stage: Stage) -> None:
    """Store a long conversation of Alice's."""
    with closing(sqlite3.connect(stage.database.removeprefix("sqlite:///"))) as connection:
        place = ("chatbase", stage.general.id)
        (columns,) = zip(*[row[1:2] for row in connection.execute("PRAGMA table_info(conversations)")], strict=True)
        known = {"provider": place[0], "channel": place[1], "id": "c", "conversation_id": "c"}
        values = [known.get(column, 1) for column in columns]
        connection.execute(f"INSERT INTO conversations VALUES ({', '.join('?' * len(values))})", values)
        connection.executemany(
            "INSERT INTO turns (provider, channel, conversation_id, server, asker, question, answer, recorded_at)"
            " VALUES (?, ?, 'c', ?, ?, ?, ?, ?)",
            (
                (*place, stage.guild.id, stage.alice.id, f"question {number}", "An answer. " * 40, number)
                for number in range(QUESTIONS)
            ),
        )
        connection.commit()


@pytest.mark.timeout(120)
async def test_nobody_waits_for_them(stage: Stage) -> None:
    remember(stage)
    exports = await asyncio.gather(*(stage.alice.slash(stage.general, "privacy export") for _ in range(60)))
    done, waits = asyncio.create_task(_all_told(stage, exports)), list[float]()
    while not done.done():
        began = time.monotonic()
        used = await stage.bob.slash(stage.general, "help")
        await used.wait_until()
        waits.append(time.monotonic() - began)
        await asyncio.sleep(0.05)
    told = await done
    assert sorted(told).count(already_exporting()) == 59
    assert max(waits) < ACKNOWLEDGED_WITHIN


async def _all_told(stage: Stage, exports: list[Interaction]) -> list[str]:
    """Wait for all files, and return what was said in each first response."""
    first = [await stage.told(used) for used in exports]
    used, message = next((used, said) for used, said in zip(exports, first, strict=True) if said.attachments)
    kept = message.attachments[0].data.count(b'"kind": "turn"')
    while kept < QUESTIONS:
        message = await used.next_followup(after=message)
        kept += message.attachments[0].data.count(b'"kind": "turn"')
    return [said.content for said in first]
