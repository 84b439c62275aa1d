"""`/settings limit`: what it refuses, and what an admin is told that holds now."""

from typing import Any

import pytest

from sandbox.discord import NotPossible
from tests.e2e.limit_steps import Clock, limit, set_by_hand
from tests.e2e.shown_settings import shown_lines
from tests.e2e.stage import Stage


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Give the clock that limits are counted by."""
    return set_by_hand(monkeypatch)


async def test_a_combination_that_makes_no_sense_is_refused_with_the_reason_and_changes_nothing(stage: Stage) -> None:
    role, app_role = stage.guild.add_role("askers"), stage.guild.member(stage.app.bot).roles[-1]
    everybody = stage.guild.everyone
    nothing = "No limit is set in this server now."
    refusals: list[tuple[str, dict[str, Any], str]] = [
        ("role", {"questions": 1}, "Which role do you mean? Please fill in `role` too."),
        ("member", {"questions": 1, "role": role}, "`role` and `exempt` are for roles."),
        ("server", {"exempt": True}, "`role` and `exempt` are for roles."),
        ("role", {"role": role, "questions": 1, "exempt": True}, "A role is either exempt or has a limit."),
        ("role", {"role": everybody, "questions": 1}, "Everybody has that role."),
        ("role", {"role": app_role, "questions": 1}, "That role belongs to a bot"),
    ]
    for who, options, said in refusals:
        told = await stage.use(stage.admin, "settings limit", who=who, **options)
        assert told.content.startswith(said), options
        assert told.ephemeral
    for questions in (0, -1, 100_001):
        with pytest.raises(NotPossible, match="does not take"):  # Discord sends no such number
            await stage.use(stage.admin, "settings limit", who="member", questions=questions)
    assert await limit(stage, "member") == nothing
    told = await stage.use(stage.alice, "settings limit", who="member", questions=1, force=True)
    assert told.content == "You need **Manage Server** for that. Nothing was changed."


async def test_an_admin_reads_what_holds_now_after_each_change_and_in_show(stage: Stage) -> None:
    few, many = stage.guild.add_role("few"), stage.guild.add_role("many")
    await limit(stage, "member", 5)
    await limit(stage, "role", 50, "day", role=few)
    assert await limit(stage, "role", role=many, exempt=True) == (
        "The limits in this server are now:\n"
        "- Each member: 5 questions an hour\n"
        f"- {many.mention}: exempt\n"
        f"- {few.mention}: 50 questions a day\n"
        "- The whole server: no limit\n"
        "Members with one of these roles have its limit instead. With several, the highest counts."
    )
    lines = await shown_lines(stage)
    assert lines["limit for each member"] == "5 questions an hour (set for this server)"
    assert lines["limits for roles"] == (
        f"{many.mention}: exempt, {few.mention}: 50 questions a day (set for this server)"
    )
    assert lines["limit for the whole server"] == "no limit (default)"
    stage.guild.remove_role(few)
    assert few.mention not in await limit(stage, "role", role=many, exempt=False)
    assert (await shown_lines(stage))["limits for roles"] == "none (default)"
    assert await limit(stage, "member") == ("No limit is set in this server now.")
