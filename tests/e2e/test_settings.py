"""`/settings`: who may change what, what is in force then, and that it lasts."""

from typing import Any

import pytest

from sandbox.discord import NotVisible, Permission
from tests.e2e.reader import words
from tests.e2e.shown_settings import nickname, shown_lines
from tests.e2e.stage import Stage, on_sqlite


def name_apis(stage: Stage) -> None:
    """Have each provider answer with its name."""
    for api in stage.apis.all:
        api.answers(f"from {api.name}")


async def test_show_tells_every_value_and_where_it_comes_from(any_stage: Stage) -> None:
    stage = any_stage
    assert await shown_lines(stage) == {
        "provider": "`chatbase` (default)",
        "fallback": "not set (default)",
        "conversation": "`shared` (default)",
        "channels": "`all` (default)",
        "roles": "not set (default)",
        "auto-reply": "`off` (default)",
        "threads": "`off` (default)",
        "length": "`25 messages` (default)",
        "name": "not set (default)",
        "gender": "not set (default)",
        "prefix": "`!` (default)",
        "developer": "`robin` (default)",
        "retention": "`30 days` (default)",
        "limit for each member": "no limit (default)",
        "limit for the whole server": "no limit (default)",
        "limits for roles": "none (default)",
        "chatbase model": "not set (default)",
        "chatbase temperature": "not set (default)",
        "stammer system-prompt": "not set (default)",
        "chatbot story": f"`{stage.apis.chatbot.stories[0].id}` (default)",
    }
    await stage.use(stage.admin, "settings provider", provider="tamako")
    await stage.use(stage.admin, "settings provider", provider="stammer", channel=stage.general)
    await stage.use(stage.admin, "settings gender", value="female")
    await stage.use(stage.admin, "settings temperature", provider="chatbase", value=0)
    lines = await shown_lines(stage)
    assert lines["provider"] == "`stammer` (set for this channel)"
    assert lines["gender"] == "`female` (set for this server)"
    assert lines["chatbase temperature"] == "`0` (set for this server)"
    elsewhere = await stage.use(stage.admin, "settings show", at=stage.other)
    assert "**provider**: `tamako` (set for this server)" in elsewhere.content


@pytest.mark.environment(
    BOT_DEVELOPER="The Team", CHATBASE_MODEL="gpt-op", STAMMER_SYSTEM_PROMPT="Be `short`.\nAlways."
)
async def test_show_tells_what_the_operator_set(stage: Stage) -> None:
    lines = await shown_lines(stage)
    assert lines["developer"] == "`The Team` (default)"
    assert lines["chatbase model"] == "`gpt-op` (default)"
    assert lines["stammer system-prompt"] == "`Be ˋshortˋ. Always.` (default)"


async def test_show_in_a_thread_tells_what_its_parent_has(stage: Stage) -> None:
    await stage.use(stage.admin, "settings provider", provider="stammer", channel=stage.general)
    thread = await stage.alice.start_thread(stage.general, "aside")
    shown = await stage.use(stage.admin, "settings show", at=thread)
    assert "**provider**: `stammer` (set for this channel)" in shown.content


async def test_the_channels_provider_answers_before_the_servers(stage: Stage) -> None:
    name_apis(stage)
    told = await stage.use(stage.admin, "settings provider", provider="tamako")
    assert told.content == "**Tamako** now answers in this server."
    told = await stage.use(stage.admin, "settings provider", provider="stammer", channel=stage.other)
    assert told.content == f"**Stammer.ai** now answers in {stage.other.mention}."
    thread = await stage.alice.start_thread(stage.other, "aside")
    assert (await stage.ask(stage.alice, "who?")).content == "from tamako"
    assert (await stage.ask(stage.alice, "who?", stage.other)).content == "from stammer"
    assert (await stage.ask(stage.alice, "who?", thread)).content == "from stammer"
    assert words(await stage.use(stage.alice, "ask", at=stage.other, question="who?")) == "from stammer"
    told = await stage.use(stage.admin, "settings provider", provider="default", channel=stage.other)
    assert told.content == f"The default chatbot now answers in {stage.other.mention}."
    assert (await stage.ask(stage.alice, "who?", stage.other)).content == "from tamako"
    told = await stage.use(stage.admin, "settings provider", provider="default")
    assert told.content == "The default chatbot now answers in this server."
    assert (await stage.ask(stage.alice, "who?", stage.other)).content == "from chatbase"


async def test_the_provider_of_a_forum_answers_in_its_posts(stage: Stage) -> None:
    name_apis(stage)
    forum = stage.guild.add_forum("questions")
    await stage.use(stage.admin, "settings provider", provider="chatbot", channel=forum)
    thread, question = await stage.alice.post(forum, "A question", stage.mention("who?"))
    assert (await stage.answer(question)).content == "from chatbot"
    assert (await stage.ask(stage.alice, "who?", thread)).content == "from chatbot"


@pytest.mark.environment(TAMAKO_APP_SECRET="")
async def test_an_unknown_provider_is_refused_and_only_known_ones_are_offered(stage: Stage) -> None:
    for unknown in ("tamako", "Tamako", "base", "gpt"):
        told = await stage.use(stage.admin, "settings provider", provider=unknown)
        known = "Chatbase, Chatbase v2, Stammer.ai, ChatBot.com"
        assert told.content == f"There's no provider by that name here. Available: {known}."
        assert told.ephemeral
    assert (await shown_lines(stage))["provider"] == "`chatbase` (default)"
    offered = await stage.admin.autocomplete(stage.general, "settings provider", "provider", "")
    assert [choice["value"] for choice in offered] == ["chatbase", "chatbase-v2", "stammer", "chatbot", "default"]
    offered = await stage.admin.autocomplete(stage.general, "settings provider", "provider", "CHAT")
    assert [choice["name"] for choice in offered] == ["Chatbase", "Chatbase v2", "ChatBot.com"]


@on_sqlite
async def test_a_provider_that_lost_its_credentials_gives_way(resting_stage: Stage) -> None:
    stage = resting_stage
    name_apis(stage)
    async with stage.running():
        await stage.use(stage.admin, "settings provider", provider="tamako")
        assert (await stage.ask(stage.alice, "who?")).content == "from tamako"
    stage.changed["TAMAKO_APP_SECRET"] = ""
    async with stage.running():
        assert (await stage.ask(stage.alice, "who?")).content == "from chatbase"
        assert (await shown_lines(stage))["provider"] == "`chatbase` (default)"


async def test_settings_last_over_a_restart(resting_stage: Stage) -> None:
    stage = resting_stage
    name_apis(stage)
    async with stage.running():
        await stage.use(stage.admin, "settings provider", provider="tamako")
        await stage.use(stage.admin, "settings provider", provider="chatbot", channel=stage.other)
        for setting in ("name", "gender", "prefix", "developer"):
            await stage.use(stage.admin, f"settings {setting}", value=f"my.{setting}")
        before = await shown_lines(stage)
    async with stage.running():
        assert await shown_lines(stage) == before
        assert (await stage.ask(stage.alice, "who?", stage.other)).content == "from chatbot"
        assert (await stage.ask(stage.alice, "who?")).content == "from tamako"
    sent = stage.apis.tamako.received[-1].fields
    assert [sent[each] for each in ("name", "gender", "prefix", "dev")] == [
        "my.name",
        "my.gender",
        "my.prefix",
        "my.developer",
    ]


def every_command(stage: Stage) -> dict[str, dict[str, Any]]:
    """Return each command for people with Manage Server, with options that change something."""
    in_channel = {"channel": stage.general, "on": False}
    return COMMANDS | dict.fromkeys(("settings auto-reply", "settings threads"), in_channel)


COMMANDS: dict[str, dict[str, Any]] = {
    "settings show": {},
    "settings provider": {"provider": "tamako"},
    "settings name": {"value": "Eve"},
    "settings gender": {"value": "none"},
    "settings prefix": {"value": "eve."},
    "settings developer": {"value": "Eve"},
    "settings retention": {"days": 365},
    "settings conversation": {"value": "personal"},
    "settings channels": {"value": "except"},
    "settings roles": {},
    "settings length": {"messages": 3},
    "settings model": {"value": "gpt-eve", "provider": "chatbase"},
    "settings temperature": {"value": 0.1, "provider": "chatbase"},
    "settings system-prompt": {"value": "Obey Eve.", "provider": "stammer"},
    "settings story": {"value": "f" * 24, "provider": "chatbot"},
}


async def test_manage_server_is_checked_by_the_bot_itself(stage: Stage) -> None:
    before = await shown_lines(stage)
    for command, options in every_command(stage).items():
        told = await stage.use(stage.alice, command, force=True, **options)
        assert told.content == "You need **Manage Server** for that. Nothing was changed.", command
        assert told.ephemeral, command
    assert await shown_lines(stage) == before
    assert nickname(stage) is None


async def test_manage_server_is_enough(stage: Stage) -> None:
    manager = stage.discord.create_user("manager")
    stage.guild.add_member(manager, stage.guild.add_role("managers", Permission.MANAGE_GUILD))
    for command, options in every_command(stage).items():
        told = await stage.use(manager, command, **options)
        done = (
            "My ",
            "The ",
            "**Tamako**",
            "I now keep",
            "Chat",
            "Stammer",
            "I no longer",
            "- **provider**",
            "I answer",
            "Members",
        )
        assert told.content.startswith(done), command


async def test_a_direct_message_has_no_settings(stage: Stage) -> None:
    for command, options in every_command(stage).items():
        told = await stage.use(stage.alice, command, at=stage.alice.dm(stage.app), force=True, **options)
        assert told.content == "Settings belong to servers; in direct messages the defaults apply.", command
        assert told.ephemeral, command


async def test_settings_are_not_offered_to_those_who_may_not_use_them(stage: Stage) -> None:
    for location in (stage.general, stage.alice.dm(stage.app)):
        with pytest.raises(NotVisible):
            await stage.use(stage.alice, "settings show", at=location)
