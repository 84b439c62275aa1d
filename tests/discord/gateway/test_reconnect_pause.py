"""What the log says of a Discord that cannot be reached: at once, and then at most once a minute."""

import logging
from itertools import pairwise

import pytest

from bot.discord.gateway.reconnect_pause import ReconnectPause
from bot.discord.log_throttle import LogThrottle
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
    monkeypatch.setattr(logger, "level", logging.DEBUG)
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
    assert [level for _, level, _ in lines] == ["DEBUG", "DEBUG"]
    retries.over()
    assert len(lines) == 2, "nobody worried"
    await retries.wait("close code 1001", was_connected=True)
    assert [level for _, level, _ in lines] == ["DEBUG", "DEBUG", "WARNING"]


async def test_the_end_of_a_trouble_is_told_once_if_its_beginning_was(
    clock: FakeClock, lines: list[tuple[float, str, str]]
) -> None:
    shared = LogThrottle(clock)
    told, untold = ReconnectPause(clock.pause, clock, shared), ReconnectPause(clock.pause, clock, shared)
    await told.wait("OSError")
    await untold.wait("OSError")
    for _ in range(2):
        told.over()
        untold.over()
    assert [text.split(" (")[0] for _, _, text in lines] == [
        "Discord cannot be reached",
        "Discord can be reached again",
    ]


async def test_a_pause_takes_what_the_try_took_off_but_never_all(clock: FakeClock) -> None:
    retries = ReconnectPause(clock.pause, clock)
    for _ in range(10):
        await retries.wait("OSError")
    for spent, at_most, at_least, bounds in (
        (0, 1000, 0, (46, 56)),
        (30, 1000, 0, (16, 26)),
        (1e6, 1000, 0, (1, 1)),
        (0, 6, 0, (5, 6)),
        (0, 5, 3600, (3600, 3600)),
    ):
        before = clock.now
        await retries.wait("OSError", spent=spent, at_most=at_most, at_least=at_least)
        assert bounds[0] <= round(clock.now - before, 3) <= bounds[1]
