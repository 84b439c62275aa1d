"""Reading a provider's answer: a large piece holds nobody else up."""

import asyncio
from typing import Any, cast

import pytest

from bot.answering.stored_buttons import Tokens
from bot.answering.stream_reader import Cancellation, StreamReader
from bot.domain.provider import Prompt
from bot.domain.runtime import slices
from bot.streaming.segment import SLICE
from tests.fakes.providers_and_stores import FakeProvider


class FakeLive:
    """Notes what is pushed, and how often others had run by then. Each push takes a slice of processor time."""

    empty, text = False, ""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._now = 0.0
        monkeypatch.setattr(slices, "perf_counter", lambda: self._now)
        self.pushed: list[str] = []
        self.turns_of_others: list[int] = []
        self.turns = 0

    def push(self, piece: str) -> None:
        self.pushed.append(piece)
        self._now += 2 * slices.SLICE_SECONDS
        self.turns_of_others.append(self.turns)

    def end_text(self) -> None:
        """Do nothing."""

    async def be_others(self) -> None:
        """Take a turn of the loop again and again."""
        while True:
            self.turns += 1
            await asyncio.sleep(0)


@pytest.mark.parametrize("size", [100, SLICE, 1_000_000])
async def test_a_lot_of_text_is_pushed_in_slices_and_others_run_in_between(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    text = "".join(f"word {number} " for number in range(10_000))
    live = FakeLive(monkeypatch)
    others = asyncio.create_task(live.be_others())
    provider = FakeProvider(scripts=[[text[at : at + size] for at in range(0, len(text), size)]])

    async def build() -> Prompt:
        return Prompt("?", "1", "c")

    end = await StreamReader().read(provider, build, cast("Any", live), Cancellation(), Tokens("answer", 1))
    others.cancel()
    assert end.error is None
    assert "".join(live.pushed) == text
    assert max(map(len, live.pushed)) <= SLICE
    assert len(set(live.turns_of_others)) == len(live.pushed)
