"""`/settings name`, `gender`, `developer` and `prefix`: what is told, and what is in force then."""

import pytest

from sandbox.discord import BadOption, Permission
from tests.e2e.shown_settings import nickname, shown_lines
from tests.e2e.stage import Stage, on_sqlite

USE = (
    "Tamako takes it. Chatbase, Chatbase v2 and ChatBot.com have it in their dashboards. "
    "Stammer.ai has it in its system prompt, which `/settings system-prompt` sets."
)
NICKNAME = ("PATCH", "/guilds/{guild_id}/members/@me")


async def test_a_name_is_the_nickname_in_this_server_too(stage: Stage) -> None:
    told = await stage.use(stage.admin, "settings name", value="Ada Lovelace")
    assert told.content == f"My name is now `Ada Lovelace` in this server.\n{USE}"
    assert told.ephemeral
    assert nickname(stage) == "Ada Lovelace"
    assert (await shown_lines(stage))["name"] == "`Ada Lovelace` (set for this server)"
    longest = "x" * 32
    await stage.use(stage.admin, "settings name", value=longest)
    assert nickname(stage) == longest
    told = await stage.use(stage.admin, "settings name")
    assert told.content == "My name is back to the default in this server."
    assert nickname(stage) is None
    assert (await shown_lines(stage))["name"] == "not set (default)"


async def test_a_name_of_33_characters_is_none(stage: Stage) -> None:
    with pytest.raises(BadOption):
        await stage.use(stage.admin, "settings name", value="x" * 33)


async def test_a_name_is_saved_where_the_bot_may_not_rename_itself(stage: Stage) -> None:
    for role in stage.guild.roles.values():
        role.set_permissions(role.permissions & ~Permission.CHANGE_NICKNAME)
    told = await stage.use(stage.admin, "settings name", value="Ada")
    saved, use, problem = told.content.splitlines()
    assert use == USE
    assert saved == "My name is now `Ada` in this server."
    assert problem.startswith("Discord did not let me change my nickname: I need **Change Nickname**.")
    await hold_saved_without_nickname(stage)


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (403, 50013, "Discord did not let me change my nickname: I need **Change Nickname**."),
        (400, 50035, "Discord doesn't accept that as my nickname here."),
        (404, 10007, "Discord doesn't accept that as my nickname here."),
    ],
)
async def test_a_name_is_saved_though_discord_refuses_the_nickname(
    stage: Stage, status: int, code: int, reason: str
) -> None:
    stage.discord.fail_next(*NICKNAME, status, code)
    told = await stage.use(stage.admin, "settings name", value="Ada")
    saved, use, problem = told.content.splitlines()
    assert use == USE
    assert saved == "My name is now `Ada` in this server."
    assert problem == f"{reason} The name itself is saved."
    assert told.ephemeral
    await hold_saved_without_nickname(stage)


async def hold_saved_without_nickname(stage: Stage) -> None:
    """Hold that the name `Ada` is in force though the nickname did not follow."""
    assert nickname(stage) is None
    assert (await shown_lines(stage))["name"] == "`Ada` (set for this server)"
    await stage.use(stage.alice, "tamako ask", question="hello")
    assert stage.apis.tamako.received[-1].fields["name"] == "Ada"


@pytest.mark.parametrize(
    ("setting", "value", "title"),
    [("gender", "female", "My gender"), ("developer", "Home Ltd", "My developer"), ("prefix", "hey.", "The prefix")],
)
async def test_a_persona_setting_is_told_and_goes_back(stage: Stage, setting: str, value: str, title: str) -> None:
    before = await shown_lines(stage)
    use = "" if setting == "prefix" else f"\n{USE}"
    told = await stage.use(stage.admin, f"settings {setting}", value=value)
    assert told.content == f"{title} is now `{value}` in this server.{use}"
    assert (await shown_lines(stage))[setting] == f"`{value}` (set for this server)"
    told = await stage.use(stage.admin, f"settings {setting}")
    assert told.content == f"{title} is back to the default in this server."
    assert await shown_lines(stage) == before


@pytest.mark.parametrize(("setting", "most"), [("gender", 32), ("developer", 64), ("prefix", 10)])
async def test_a_persona_setting_has_a_length(stage: Stage, setting: str, most: int) -> None:
    await stage.use(stage.admin, f"settings {setting}", value="x" * most)
    assert (await shown_lines(stage))[setting] == f"`{'x' * most}` (set for this server)"
    with pytest.raises(BadOption):
        await stage.use(stage.admin, f"settings {setting}", value="x" * (most + 1))


async def test_a_blank_value_is_none(stage: Stage) -> None:
    await stage.use(stage.admin, "settings provider", provider="stammer")
    for command in ("settings name", "settings gender", "settings developer", "settings system-prompt"):
        await stage.use(stage.admin, command, value="set")
        told = await stage.use(stage.admin, command, value=" \t ")
        assert told.content.endswith("is back to the default in this server."), command
    assert nickname(stage) is None
    await stage.use(stage.admin, "settings name", value="  Ada ")
    assert nickname(stage) == "Ada"
    assert (await shown_lines(stage))["name"] == "`Ada` (set for this server)"


async def test_a_prefix_has_no_spaces_and_says_when_it_has_no_use(stage: Stage) -> None:
    told = await stage.use(stage.admin, "settings prefix", value="a b")
    assert told.content == "A prefix can't contain spaces. Nothing was changed."
    assert told.ephemeral
    assert (await shown_lines(stage))["prefix"] == "`!` (default)"
    shown = await stage.admin.slash(stage.general, "settings prefix", value="hey.")
    hint = await shown.next_followup()
    assert hint.content == (
        "Text commands are off for now: the bot's host has to turn on Discord's message content intent first."
    )
    assert hint.ephemeral


@pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")
@on_sqlite
async def test_a_prefix_is_in_force_at_once_and_after_a_restart(resting_stage: Stage) -> None:
    stage = resting_stage
    async with stage.running():
        await stage.use(stage.admin, "settings prefix", value="hey.")
        await stage.answer(await stage.alice.say(stage.general, "hey.ask one"))
    async with stage.running():
        await stage.answer(await stage.alice.say(stage.general, "hey.ask two"))
        await stage.use(stage.admin, "settings prefix")
        await stage.answer(await stage.alice.say(stage.general, "!ask three"))
    assert [received.question for received in stage.apis.chatbase.received] == ["one", "two", "three"]
