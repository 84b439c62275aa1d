"""A crowd at `/usage`: one report at a time, and somebody who presses again and again gets one."""

import asyncio
from typing import Any, cast

import pytest

from bot.discord.interactions import Refused
from bot.domain.fair_use.usage_report import Figures, UsageReport
from bot.strings.admins.usage import already_preparing, no_questions, usage_busy
from cogs.usage import UsageCommand
from tests.fakes.interactions import FakeInteraction
from tests.virtual_time import run_virtual


class Reports:
    """Reports that take `seconds` each."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.made = self.at_once = self.most_at_once = 0

    async def report(self, _server: int, _days: int) -> UsageReport:
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        await asyncio.sleep(self._seconds)
        self.at_once -= 1
        self.made += 1
        return UsageReport((), Figures(), {})


async def press(reports: Reports, people: list[int]) -> list[str]:
    """Have people use the command at the same moment; return what each was told, in their order."""
    cog = UsageCommand(cast("Any", reports))

    async def one(person: int) -> str:
        interaction = FakeInteraction(user=person)
        try:
            await cast("Any", UsageCommand.usage).callback(cog, interaction)
        except Refused as refused:
            return refused.sentence
        finally:
            assert interaction.deferred_privately
        assert interaction.public == []
        return interaction.private[0]

    return await asyncio.gather(*map(one, people))


def test_a_hundred_presses_of_one_admin_make_one_report() -> None:
    reports = Reports(1.0)
    told = run_virtual(press(reports, [1] * 100))
    assert told == [no_questions(7), *[already_preparing()] * 99]
    assert reports.made == 1


@pytest.mark.parametrize(("seconds", "served"), [(0.1, 100), (5.0, 5)])
def test_many_admins_are_served_one_after_another(seconds: float, served: int) -> None:
    reports = Reports(seconds)
    told = run_virtual(press(reports, list(range(100))))
    assert reports.most_at_once == 1
    assert told.count(no_questions(7)) in (served, served - 1)
    assert set(told) <= {no_questions(7), usage_busy()}
