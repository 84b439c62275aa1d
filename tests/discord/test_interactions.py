"""Failures of commands, buttons and forms: each is explained once and privately; deadlines are kept."""

import asyncio
from typing import Any, cast

import discord
import pytest
from discord import app_commands

from bot.discord import interactions
from bot.discord.interactions import Refused, defer_if_slow, explain_failure, explained, look_up
from bot.domain import errors
from bot.streaming.canvas import WriteForbidden
from bot.strings.errors import explain
from tests.fakes.interactions import FakeInteraction

NOT_SHOWN = "Discord didn't let me show that. Please try again in a minute."


def invoked(error: Exception) -> app_commands.CommandInvokeError:
    """Return what discord.py makes of an error in a command."""
    command = cast("Any", type("Command", (), {"name": "ask", "callback": test_a_refusal}))
    return app_commands.CommandInvokeError(command, error)


async def explanation(error: Exception) -> list[str]:
    """Return what the caller is told, after holding that nobody else is."""
    interaction = FakeInteraction()
    await explain_failure(cast("Any", interaction), error)
    assert interaction.public == []
    return interaction.private


async def test_a_refusal() -> None:
    assert await explanation(Refused("No.")) == ["No."]


@pytest.mark.parametrize("error", [errors.DatabaseUnavailable(), errors.NotStored(), errors.AlreadyAnswering()])
async def test_an_error_of_the_program_has_its_sentence(error: errors.AnswerError) -> None:
    assert await explanation(error) == await explanation(invoked(error)) == [explain(error)]


@pytest.mark.parametrize("error", [WriteForbidden("50013"), discord.RateLimited(100.0), TimeoutError(), OSError()])
async def test_what_discord_does_not_take(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    assert await explanation(error) == await explanation(invoked(error)) == [NOT_SHOWN]
    assert caplog.text.count(type(error).__name__) == 2
    assert "Traceback" not in caplog.text


async def test_a_command_that_is_gone() -> None:
    (sentence,) = await explanation(app_commands.CommandNotFound("old", []))
    assert sentence.startswith("I no longer have this command.")


@pytest.mark.parametrize("error", [ValueError("a mistake"), app_commands.CheckFailure("a mistake")])
async def test_a_mistake_of_the_bot_is_logged_with_its_traceback(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    assert await explanation(error) == [explain(errors.InternalError())]
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert record.exc_info is not None
    assert record.exc_info[1] is error


async def test_a_caller_who_cannot_be_told_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    interaction = FakeInteraction()
    interaction.failure = discord.RateLimited(60.0)
    await explain_failure(cast("Any", interaction), Refused("No."))
    assert [record.getMessage() for record in caplog.records] == [
        f"interaction {interaction.id}: the caller could not be told: RateLimited"
    ]


async def test_a_callback_explains_its_failures() -> None:
    class Buttons:
        @explained
        async def press(self, _interaction: discord.Interaction[Any]) -> None:
            raise Refused("No.")

    interaction = FakeInteraction()
    await Buttons().press(cast("Any", interaction))
    assert interaction.private == ["No."]


async def test_slow_work_is_deferred_and_quick_work_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = asyncio.Event()

    async def work() -> str:
        await go_on.wait()
        return "done"

    monkeypatch.setattr(interactions, "DEFER_AFTER", 0.01)
    slow, quick = FakeInteraction(), FakeInteraction()
    running = asyncio.create_task(defer_if_slow(cast("Any", slow), work()))
    while not slow.acknowledged:
        await asyncio.sleep(0)
    go_on.set()
    assert await running == await defer_if_slow(cast("Any", quick), work()) == "done"
    assert slow.deferred_privately
    assert not quick.acknowledged


async def test_a_database_that_is_late_counts_as_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interactions, "DEFER_AFTER", 0.01)
    with pytest.raises(errors.DatabaseUnavailable):
        await look_up(asyncio.Event().wait())
