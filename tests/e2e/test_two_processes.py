"""Two processes with one token and one database, as while one version replaces another: each question is answered once.

Both hear of every event. Here they are two bots in one process; `tests/process/` has real ones.
"""

from collections.abc import AsyncIterator

import pytest

from sandbox.discord import Message
from tests.e2e.stage import Stage


@pytest.fixture
async def stage(stage: Stage) -> AsyncIterator[Stage]:
    """Run another bot with the same token and database on the stage."""
    async with stage.running():
        yield stage


def own(stage: Stage) -> list[Message]:
    return [*stage.by_bot(stage.general), *stage.by_bot(stage.other)]


async def test_mentions_and_commands_are_answered_once(stage: Stage) -> None:
    for number in range(4):
        stage.apis.chatbase.answers(f"Answer {number}.", times=1)
        await stage.ask(stage.alice, f"question {number}")
        stage.apis.chatbase.answers(f"Answer {number} to the command.", times=1)
        await stage.use(stage.bob, "ask", at=stage.other, question=f"question {number}")
    await stage.idle()
    assert len(own(stage)) == 8
    assert len(stage.apis.chatbase.received) == 8
