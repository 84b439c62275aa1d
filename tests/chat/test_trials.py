"""Trials: each ends in time, whatever is tried, and says what came of it."""

import asyncio
from dataclasses import dataclass

import pytest

from bot.answering.provider_health import HealthStatus, ProviderHealth
from bot.diagnostics.probes import probe_database, probe_provider
from bot.diagnostics.report import Status
from bot.domain import errors
from tests.chat.fakes import FakeProvider
from tests.virtual_time import run_virtual


@dataclass(eq=False)
class Tried(FakeProvider):
    """A chat API whose trial ends as a test wants; None accepts, an event is waited for."""

    result: str | Exception | asyncio.Event | None = None

    async def check(self) -> str | None:
        if isinstance(self.result, Exception):
            raise self.result
        if isinstance(self.result, asyncio.Event):
            await self.result.wait()
            return None
        return self.result


@dataclass
class Notebook:
    """A database that takes notes after some seconds, or not at all."""

    seconds: float = 0.0
    down: bool = False

    async def fact(self, name: str) -> str | None:
        return None

    async def save_fact(self, name: str, value: str) -> None:
        await asyncio.sleep(self.seconds)
        if self.down:
            raise errors.DatabaseUnavailable


@pytest.mark.parametrize(
    ("result", "level", "part"),
    [
        (None, Status.WELL, "accepts"),
        ("only X can be tried", Status.NOTE, "not checked: only X can be tried."),
        (errors.Unauthorized("Chatbase"), Status.WRONG, "did not accept"),
        (errors.RateLimited("Chatbase", 3), Status.WARNING, "too many questions"),
        (ValueError("a mistake of ours"), Status.WRONG, "went wrong inside me"),
    ],
)
async def test_a_trial_says_what_came_of_it(result: str | Exception | None, level: Status, part: str) -> None:
    finding = await probe_provider(Tried(result=result), 5)
    assert finding.level is level
    assert part in finding.sentence
    assert "a mistake of ours" not in f"{finding}"


def test_a_provider_that_hangs_is_given_up_in_time() -> None:
    async def scene() -> None:
        begun = asyncio.get_running_loop().time()
        finding = await probe_provider(Tried(result=asyncio.Event()), 8)
        assert asyncio.get_running_loop().time() - begun == 8
        assert finding.level is Status.WRONG
        assert "8 seconds" in finding.sentence

    run_virtual(scene())


@pytest.mark.parametrize(
    ("error", "level", "part"),
    [
        (None, Status.WELL, "answered"),
        (errors.NoReply("Chatbase"), Status.WELL, "answered"),
        (errors.PaymentRequired("Chatbase"), Status.WRONG, "credit"),
        (errors.IdleTimeout("Chatbase", 60), Status.WARNING, "60 seconds"),
        (errors.ErrorReported("Chatbase", "what somebody wrote"), Status.WARNING, "stopped with an error. "),
    ],
)
async def test_the_latest_answer_tells_what_no_trial_can(
    error: errors.AnswerError | None, level: Status, part: str
) -> None:
    outcomes = ProviderHealth()
    outcomes.note("chatbase", errors.Unreachable("Chatbase"))
    outcomes.note("chatbase", error)
    finding = await probe_provider(Tried(result="there is no way"), 5, outcomes)
    assert finding.level is level
    assert part in finding.sentence
    other = await probe_provider(Tried(name="tamako", label="Tamako", result="there is no way"), 5, outcomes)
    assert other.level is Status.NOTE


@pytest.mark.parametrize(
    "error", [errors.Rejected("Chatbase", 400, "what somebody wrote"), errors.Interrupted(), errors.InternalError()]
)
def test_what_says_nothing_of_a_provider_is_not_noted(error: errors.AnswerError) -> None:
    outcomes = ProviderHealth()
    outcomes.note("chatbase", error)
    assert not outcomes.latest
    outcomes.note("chatbase", None)
    outcomes.note("chatbase", error)
    assert outcomes.latest["chatbase"] == HealthStatus()


@pytest.mark.parametrize(
    ("notebook", "level", "seconds"),
    [
        (Notebook(0.25), Status.WELL, 0.25),
        (Notebook(3), Status.WARNING, 3),
        (Notebook(down=True), Status.WRONG, 0),
        (Notebook(3600), Status.WRONG, 5),
    ],
)
def test_the_database_is_tried_in_time(notebook: Notebook, level: Status, seconds: float) -> None:
    async def scene() -> None:
        clock = asyncio.get_running_loop().time
        begun = clock()
        assert (await probe_database(notebook, 5)).level is level
        assert clock() - begun == seconds

    run_virtual(scene())
