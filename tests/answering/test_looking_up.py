"""While a provider looks something up, the answer's place says so; no error about a person's doing is an outage."""

import asyncio

import pytest

from bot.answering.health.provider_health import HealthStatus, ProviderHealth
from bot.domain import errors
from bot.domain.provider import LookingUp, Receipt
from bot.domain.secrets.credentials import CredentialId
from bot.streaming.renderer import CURSOR
from bot.strings.errors import explain
from bot.strings.markup import small
from bot.strings.notices import looking_up
from tests.fakes.harness import running_harness

NOTICE = small(looking_up("Chatbase"))


async def test_it_is_said_until_text_comes() -> None:
    async with running_harness([LookingUp(), 3.0, LookingUp(), 10.0, "It rains.", 10.0, LookingUp(), 3.0]) as harness:
        asking = harness.ask()
        await asyncio.sleep(1)
        assert asking.canvas.texts == [NOTICE]
        await asyncio.sleep(11)
        assert asking.canvas.texts == [NOTICE], "not that nothing has come for five seconds"
        await asyncio.sleep(10)
        assert asking.canvas.texts == [f"It rains.{CURSOR}"]
        await asking.task
        assert asking.canvas.texts == ["It rains."]


async def test_a_look_up_without_an_answer_leaves_only_the_error() -> None:
    async with running_harness([Receipt("c", "a", 1.0), LookingUp(), 3.0, errors.ActionWanted("Chatbase")]) as harness:
        asking = harness.ask()
        await asking.task
        assert asking.canvas.texts == [small(explain(errors.ActionWanted("Chatbase")))]


@pytest.mark.parametrize(
    "error",
    [errors.TakenOver("X"), errors.TakenOver("X", is_paused=True), errors.ActionWanted("X"), errors.NoReply("X")],
)
def test_what_a_person_or_the_chatbot_decided_is_no_outage(error: errors.AnswerError) -> None:
    health, hosts = ProviderHealth(), CredentialId("x")
    health.note(hosts, errors.ServerFault("X", 500))
    health.note(hosts, error)
    assert health.latest[hosts] == HealthStatus()
