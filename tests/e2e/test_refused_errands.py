"""What people see, and what comes later, when Discord refuses with a 429 what is no answer."""

import asyncio
import sys
from types import SimpleNamespace

import pytest

from bot.answering.crash_recovery import CrashRecovery
from bot.discord import client
from bot.discord.gateway.gateway import Gateway
from bot.operations.recovery_watch import RecoveryWatch
from sandbox.discord.limits.rate_limits import Scope
from tests.e2e.stage import Stage
from tests.e2e.waiting import AT_ONCE, Hours, check_answers_come, see_refused

HOUR = 3600.0
NICKNAME = ("PATCH", "/guilds/{guild_id}/members/@me")
COMMANDS = "/applications/{application_id}/commands"

Timeless = tuple[Stage, Hours]


# The nickname.


@pytest.mark.parametrize(
    ("retry_after", "scope", "when"),
    [
        (10, "user", "10 seconds"),
        (59, "shared", "59 seconds"),
        (HOUR, "user", "60 minutes"),
        (HOUR, "network", "60 minutes"),
    ],
)
async def test_a_nickname_that_cannot_be_set_now_is_told_at_once_and_the_name_is_saved(
    brisk: Stage, retry_after: float, scope: Scope, when: str
) -> None:
    brisk.discord.rate_limit(*NICKNAME, retry_after, scope=scope)
    async with asyncio.timeout(AT_ONCE):
        told = await brisk.use(brisk.admin, "settings name", value="Ada")
    saved, _, problem = told.content.splitlines()
    assert saved == "My name is now `Ada` in this server."
    assert problem.startswith("My nickname could not be set now")
    assert f"again in {when}." in problem
    assert problem.endswith("The name itself is saved.")
    assert told.ephemeral
    assert brisk.guild.member(brisk.app.bot).nick is None
    assert "`Ada`" in (await brisk.use(brisk.admin, "settings show")).content
    await check_answers_come(brisk)
    await see_refused(brisk, 1)


async def test_a_nickname_that_discord_takes_after_a_moment_is_waited_for(brisk: Stage) -> None:
    brisk.discord.rate_limit(*NICKNAME, 0.2, times=1)
    told = await brisk.use(brisk.admin, "settings name", value="Ada")
    assert told.content.startswith("My name is now `Ada` in this server.\nTamako takes it.")
    assert brisk.guild.member(brisk.app.bot).nick == "Ada"
    await see_refused(brisk, 1)


async def test_a_nickname_that_takes_too_long_is_told(brisk: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["cogs.settings.persona"], "RENAME_SECONDS", 0.1)
    held = brisk.discord.hold(lambda record: record.route == NICKNAME[1])
    told = await brisk.use(brisk.admin, "settings name", value="Ada")
    assert told.content.endswith("Discord did not answer in time. The name itself is saved.")
    await check_answers_come(brisk)
    held.let_go()


# Registering the commands.


@pytest.mark.parametrize("method", ["PUT", "*"])
@pytest.mark.parametrize("retry_after", [30, HOUR])
async def test_commands_that_are_refused_hold_nothing_up_and_are_registered_when_discord_lets_them(
    timeless: Timeless, monkeypatch: pytest.MonkeyPatch, method: str, retry_after: float
) -> None:
    stage, hours = timeless
    monkeypatch.setattr(client, "REGISTERED_WITHIN", 0.1)
    stage.discord.rate_limit(method, COMMANDS, retry_after)
    begun = asyncio.get_running_loop().time()
    async with stage.running():
        assert asyncio.get_running_loop().time() - begun < AT_ONCE
        await check_answers_come(stage)
        # After a long one the other route is tried as well; a short one is waited for by discord.py.
        await see_refused(stage, 2 if method == "*" and retry_after == HOUR else 1)
        await hours.turn(retry_after - 10)
        assert stage.app.syncs == 0
        await hours.turn(12)
        await stage.discord.bot_ready(stage.app, syncs=1)
        assert (await stage.use(stage.admin, "settings show")).content
        await see_refused(stage, 0)


@pytest.mark.parametrize(("method", "seconds"), [("GET", 65), ("PUT", 400)])
async def test_commands_whose_request_hangs_keep_nobody_from_asking_and_are_registered_later(
    timeless: Timeless, monkeypatch: pytest.MonkeyPatch, method: str, seconds: float
) -> None:
    stage, hours = timeless
    monkeypatch.setattr(client, "REGISTERED_WITHIN", 0.1)
    held = stage.discord.hold(lambda record: record.method == method and record.route == COMMANDS)
    async with stage.running():
        await held.arrived()
        await check_answers_come(stage)
        assert stage.app.syncs == 0
        stage.discord.holds.forget()
        await hours.turn(seconds)
        await stage.discord.bot_ready(stage.app, syncs=1)
        assert (await stage.use(stage.admin, "settings show")).content


async def test_a_login_that_is_refused_is_tried_again_when_discord_lets_it(
    timeless: Timeless, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, _ = timeless
    pauses: list[float] = []

    async def pass_at_once(seconds: float) -> None:
        pauses.append(seconds)
        stage.discord.advance(seconds)

    monkeypatch.setattr(Gateway.__init__, "__defaults__", (1, pass_at_once, None))
    stage.discord.rate_limit("GET", "/users/@me", HOUR)
    async with stage.running():
        await check_answers_come(stage)
    assert pauses == [HOUR]
    await see_refused(stage, 1)


async def test_repairs_that_discord_refuses_are_tried_again_without_a_new_connection(
    timeless: Timeless, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, hours = timeless
    answer = SimpleNamespace(id="an answer", runs=())
    left, tries = [answer], list[list[SimpleNamespace]]()

    async def take_over(_: object) -> list[SimpleNamespace]:
        return [left.pop()] if left else []

    async def repair(_: object, found: list[SimpleNamespace], *_rest: object) -> list[SimpleNamespace]:
        tries.append(found)
        return found if len(tries) < 3 else []

    monkeypatch.setattr(RecoveryWatch, "take_over", take_over)
    monkeypatch.setattr(CrashRecovery, "repair", repair)
    async with stage.running():
        await hours.turn(16)
        await hours.turn(HOUR)
        assert tries == [[answer]] * 3


# Looking things up.


@pytest.mark.parametrize(("retry_after", "when"), [(20, "20 seconds"), (HOUR, "60 minutes")])
async def test_the_doctor_says_when_discord_tells_more(brisk: Stage, retry_after: float, when: str) -> None:
    brisk.discord.rate_limit("GET", COMMANDS, retry_after)
    async with asyncio.timeout(AT_ONCE):
        told = await brisk.use(brisk.admin, "doctor")
    (line,) = (line for line in told.content.splitlines() if "**Commands.**" in line)
    assert line.startswith("⚠️")
    assert line.endswith(f"Please try again in {when}.")
    await check_answers_come(brisk)
    await see_refused(brisk, 1)


async def test_looking_during_a_limit_over_everything_silences_nobody_for_ever(
    timeless: Timeless, monkeypatch: pytest.MonkeyPatch
) -> None:
    """discord.py 2.7 keeps all requests waiting for ever if one is cancelled that waits for such a limit."""
    stage, hours = timeless
    monkeypatch.setattr(sys.modules["cogs.doctor"], "PROBE_SECONDS", 0.2)
    async with stage.running():
        stage.discord.rate_limit("GET", COMMANDS, 20, scope="global", times=1)
        assert (await stage.use(stage.admin, "doctor")).content
        await hours.turn(22)
        await check_answers_come(stage)
        await see_refused(stage, 1)


async def test_missing_servers_are_not_asked_about_one_after_another_while_discord_refuses(timeless: Timeless) -> None:
    stage, _ = timeless
    others = [stage.discord.create_guild(f"other-{number}", stage.admin) for number in range(3)]
    for other in others:
        other.add_bot(stage.app)
    async with stage.running():
        await check_answers_come(stage)
    for other in others:
        other.remove(stage.app.bot)
    stage.discord.rate_limit("GET", "/guilds/{guild_id}", HOUR)
    async with stage.running():
        await check_answers_come(stage)
    await see_refused(stage, 1)
