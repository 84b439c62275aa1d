"""Many events at once, as after a resume: each is dealt with in a step of its own, so that nobody else waits long."""

import asyncio
from collections import Counter

import pytest

from bot.discord.gateway.socket import Socket
from tests.discord.gateway.conftest import GatewayHarness

EVENTS = 300


async def test_what_comes_at_once_is_not_read_at_once(harness: GatewayHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    step, steps = 0, Counter[int]()
    receive = Socket.received_message

    def next_step() -> None:
        nonlocal step
        step += 1

    async def received(self: Socket, message: str | bytes) -> None:
        steps[step] += 1
        asyncio.get_running_loop().call_soon(next_step)
        await receive(self, message)

    async with harness.running():
        await harness.ready()
        monkeypatch.setattr(Socket, "received_message", received)
        (session,) = harness.discord.gateway.connected(harness.app)
        for _ in range(EVENTS):
            session.push("TYPING_START", {"channel_id": "1", "user_id": "2", "timestamp": 3})
        await harness.hears("and this?")
    assert steps.total() > EVENTS
    assert max(steps.values()) == 1
