"""Trials: each ends in time, whatever is tried, and says what came of it."""

import asyncio
from dataclasses import dataclass

import pytest

from bot.answering.health.provider_health import HealthStatus, ProviderHealth
from bot.diagnostics.probes import probe_database, probe_provider
from bot.diagnostics.report import Status
from bot.domain import errors
from bot.domain.provider import Account, Checked, Unchecked
from bot.domain.runtime.database_health import Soundness
from bot.domain.secrets.credentials import CredentialId
from tests.fakes.providers_and_stores import FakeProvider
from tests.virtual_time import run_virtual

HOSTS = CredentialId("chatbase")


@dataclass(eq=False)
class Tried(FakeProvider):
    """A chat API whose trial ends as a test wants; None accepts, an event is waited for."""

    result: Checked | Exception | asyncio.Event = None

    async def check(self) -> Checked:
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
    failed: float | None = None
    soundness = Soundness.UNCHECKED

    def last_failure(self) -> float | None:
        return self.failed

    async def get(self, name: str) -> str | None:
        return None

    async def set(self, name: str, value: str) -> None:
        await asyncio.sleep(self.seconds)
        if self.down:
            raise errors.DatabaseUnavailable


@pytest.mark.parametrize(
    ("result", "level", "part"),
    [
        (None, Status.OK, "accepts"),
        (Unchecked("X"), Status.INFO, "not checked: only X can be tried without"),
        (Unchecked(), Status.INFO, "not checked: Chatbase offers no way"),
        (Account("Help desk", 120, 380.5), Status.OK, "The chatbot is `Help desk`. Credits: 120 used, 380.5 left."),
        (Account("a`b\n**@everyone**", None, 1_000_000), Status.OK, "`aˋb **@everyone**`. Credits: 1000000 left."),
        (Account("", 3), Status.OK, "It accepts my API key. Credits: 3 used."),
        (Account("Help desk", 500, -2), Status.ERROR, "Credits: 500 used, 0 left."),
        (errors.Unauthorized("Chatbase"), Status.ERROR, "rejected"),
        (errors.RateLimited("Chatbase", 3), Status.WARNING, "too many questions"),
        (ValueError("a mistake of ours"), Status.ERROR, "went wrong on my side"),
    ],
)
async def test_a_trial_says_what_came_of_it(result: Checked | Exception, level: Status, part: str) -> None:
    finding = await probe_provider(Tried(result=result), 5)
    assert finding.level is level
    assert part in finding.sentence
    assert "a mistake of ours" not in f"{finding}"


def test_a_provider_that_hangs_is_given_up_in_time() -> None:
    async def scene() -> None:
        begun = asyncio.get_running_loop().time()
        finding = await probe_provider(Tried(result=asyncio.Event()), 8)
        assert asyncio.get_running_loop().time() - begun == 8
        assert finding.level is Status.ERROR
        assert "8 seconds" in finding.sentence

    run_virtual(scene())


@pytest.mark.parametrize(
    ("error", "level", "part"),
    [
        (None, Status.OK, "answered"),
        (errors.PaymentRequired("Chatbase"), Status.ERROR, "credit"),
        (errors.IdleTimeout("Chatbase", 60), Status.WARNING, "60 seconds"),
    ],
)
async def test_an_account_is_told_beside_the_latest_answer(
    error: errors.AnswerError | None, level: Status, part: str
) -> None:
    provider_health = ProviderHealth()
    provider_health.note(HOSTS, error)
    finding = await probe_provider(Tried(result=Account("Ada", 1, 2)), 5, provider_health)
    assert finding.level is level
    assert part in finding.sentence
    assert "`Ada`. Credits: 1 used, 2 left. " in finding.sentence
    used_up = await probe_provider(Tried(result=Account("Ada", 1, 0)), 5, provider_health)
    assert used_up.level is Status.ERROR
    assert "add credits" in used_up.remedy


@pytest.mark.parametrize(
    ("error", "level", "part"),
    [
        (None, Status.OK, "answered"),
        (errors.NoReply("Chatbase"), Status.OK, "answered"),
        (errors.PaymentRequired("Chatbase"), Status.ERROR, "credit"),
        (errors.IdleTimeout("Chatbase", 60), Status.WARNING, "60 seconds"),
        (errors.ErrorReported("Chatbase", "what somebody wrote"), Status.WARNING, "stopped with an error. "),
    ],
)
async def test_the_latest_answer_tells_what_no_trial_can(
    error: errors.AnswerError | None, level: Status, part: str
) -> None:
    provider_health = ProviderHealth()
    provider_health.note(HOSTS, errors.Unreachable("Chatbase"))
    provider_health.note(HOSTS, error)
    finding = await probe_provider(Tried(result=Unchecked()), 5, provider_health)
    assert finding.level is level
    assert part in finding.sentence
    other = await probe_provider(Tried(name="tamako", label="Tamako", result=Unchecked()), 5, provider_health)
    assert other.level is Status.INFO


@pytest.mark.parametrize(
    "error", [errors.Rejected("Chatbase", 400, "what somebody wrote"), errors.Interrupted(), errors.InternalError()]
)
def test_what_says_nothing_of_a_provider_is_not_noted(error: errors.AnswerError) -> None:
    provider_health = ProviderHealth()
    provider_health.note(HOSTS, error)
    assert not provider_health.latest
    provider_health.note(HOSTS, None)
    provider_health.note(HOSTS, error)
    assert provider_health.latest[HOSTS] == HealthStatus()


@pytest.mark.parametrize(
    ("notebook", "level", "seconds"),
    [
        (Notebook(0.25), Status.OK, 0.25),
        (Notebook(3), Status.WARNING, 3),
        (Notebook(down=True), Status.ERROR, 0),
        (Notebook(3600), Status.ERROR, 5),
        (Notebook(failed=5), Status.WARNING, 0),
        (Notebook(failed=3600), Status.OK, 0),
        (Notebook(down=True, failed=5), Status.ERROR, 0),
    ],
)
def test_the_database_is_tried_in_time(notebook: Notebook, level: Status, seconds: float) -> None:
    async def scene() -> None:
        clock = asyncio.get_running_loop().time
        begun = clock()
        assert (await probe_database(notebook, notebook, 5)).level is level
        assert clock() - begun == seconds

    run_virtual(scene())
