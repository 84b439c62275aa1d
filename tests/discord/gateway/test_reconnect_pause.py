"""What the log says of a Discord that cannot be reached: at once, and then at most once a minute."""

import logging
from itertools import pairwise

import pytest

from bot.discord.gateway.reconnect_pause import LogThrottle, ReconnectPause
from tests.clocks import FakeClock


def test_a_line_now_and_then() -> None:
    clock = FakeClock()
    seldom = LogThrottle(clock, 60)
    due = []
    for _ in range(200):
        due.append(seldom.due())
        clock.now += 1
    assert [second for second, each in enumerate(due) if each] == [0, 60, 120, 180]


class Lines(logging.Handler):
    """Keeps each line with its level and the moment of a clock."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self.clock = clock
        self.lines: list[tuple[float, str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append((self.clock.now, record.levelname, record.getMessage()))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def lines(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, str, str]]:
    handler = Lines(clock)
    logger = logging.getLogger("bot.discord.gateway.reconnect_pause")
    monkeypatch.setattr(logger, "handlers", [handler])
    monkeypatch.setattr(logger, "level", logging.INFO)
    return handler.lines


async def test_trouble_is_told_at_once_and_then_at_most_once_a_minute(
    clock: FakeClock, lines: list[tuple[float, str, str]]
) -> None:
    retries = ReconnectPause(clock.pause, clock)
    while clock.now < 1000 + 3600:
        await retries.wait("OSError")
    moments = [moment for moment, _, _ in lines]
    assert moments[0] == 1000
    assert all(later - sooner >= 60 for sooner, later in pairwise(moments))
    assert 20 <= len(moments) <= 60
    assert lines[0][1] == "WARNING"
    assert lines[0][2].startswith("Discord cannot be reached (OSError); trying again in 1.")


async def test_an_ordinary_end_of_a_connection_is_no_trouble(
    clock: FakeClock, lines: list[tuple[float, str, str]]
) -> None:
    retries = ReconnectPause(clock.pause, clock)
    for _ in range(2):
        clock.now += 3600
        await retries.wait("close code 1001", was_connected=True)
    assert [level for _, level, _ in lines] == ["INFO", "INFO"]
    await retries.wait("close code 1001", was_connected=True)
    assert [level for _, level, _ in lines] == ["INFO", "INFO", "WARNING"]
