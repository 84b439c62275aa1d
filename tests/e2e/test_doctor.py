"""`/doctor`: what is ill has its line with the remedy, and only those who manage the server see it."""

import sys

import pytest

from bot.diagnostics.permissions import INVITED
from bot.discord import interactions
from sandbox.apis import Silent, Status
from sandbox.discord import Channel, NotVisible, Permission
from sandbox.discord.model.users import ApplicationFlag
from tests.e2e.stage import Stage

COMMANDS = ("GET", "/applications/{application_id}/commands")


async def report(stage: Stage, at: Channel | None = None) -> list[str]:
    """Return what `/doctor` says in a place, line by line."""
    shown = await stage.use(stage.admin, "doctor", at=at)
    assert shown.ephemeral
    return shown.content.splitlines()


def line(lines: list[str], title: str) -> str:
    """Return the one line with this title."""
    (found,) = (each for each in lines if f" **{title}.** " in each)
    return found


async def test_where_nothing_is_wrong_every_thing_has_its_line(stage: Stage) -> None:
    lines = await report(stage)
    assert lines[0] == "**Everything works here.**"
    for title in (
        "Permissions",
        "Commands",
        "Chatbase",
        "Stammer.ai",
        "ChatBot.com",
        "Database",
        "Connection to Discord",
        "Queue",
    ):
        assert line(lines, title).startswith("✅"), title
    assert line(lines, "Tamako").startswith("➖")
    assert "not checked" in line(lines, "Tamako")
    assert "text commands by prefix" in line(lines, "Message content intent")
    link = f"https://discord.com/oauth2/authorize?client_id={stage.app.id}&scope=bot+applications.commands"
    assert f"<{link}&permissions={INVITED}&guild_id={stage.guild.id}>" in lines[-1]
    assert not [received for api in stage.apis.all for received in api.received if received.method == "POST"]


async def test_missing_permissions_are_named_where_they_are_missing(stage: Stage) -> None:
    voice = stage.guild.add_voice_channel("talk")
    thread = await stage.alice.start_thread(stage.general, "aside")
    post, _ = await stage.alice.post(stage.guild.add_forum("questions"), "A question", "Hello?")
    me = stage.app.bot
    stage.general.overwrite(me, deny=Permission.SEND_MESSAGES | Permission.READ_MESSAGE_HISTORY)
    voice.overwrite(me, deny=Permission.CONNECT)
    for role in stage.guild.roles.values():
        role.set_permissions(role.permissions & ~Permission.SEND_MESSAGES_IN_THREADS)

    lines = await report(stage)
    assert lines[0] == "**1 problem to fix here.**"
    assert lines[1].startswith("❌ **Permissions.** I'm missing **Send Messages** (needed to answer) here.")
    assert "this channel's settings" in lines[1]
    assert lines[2].startswith("⚠️ **Permissions.** I'm missing **Read Message History** (needed")
    assert lines[3].startswith("⚠️ **Permissions.** I'm missing **Send Messages in Threads** (needed")

    for location in (thread, post):
        wrong = (await report(stage, location))[1]
        assert wrong.startswith("❌ **Permissions.** I'm missing **Send Messages in Threads** (needed")
        assert "open the invite link below" in wrong
    assert (await report(stage, voice))[1].startswith("❌ **Permissions.** I'm missing **Connect** (needed")
    assert line(await report(stage, stage.other), "Permissions").startswith("⚠️")


async def test_a_channel_that_the_bot_does_not_see(stage: Stage) -> None:
    stage.general.overwrite(stage.app.bot, deny=Permission.VIEW_CHANNEL)
    lines = await report(stage)
    assert "**View Channel**" in line(lines, "Permissions")


async def test_a_server_that_has_only_the_commands(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage.bot, "get_guild", lambda _: None)
    lines = await report(stage)
    assert lines[1].startswith("❌ **Permissions.** This server has my commands, but I'm not a member")


async def test_providers_that_refuse_fail_or_hang_each_have_their_line(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.apis.chatbase.fails(Status(402))
    await stage.ask(stage.alice, "is there anybody?")
    await stage.use(stage.alice, "tamako ask", question="is there anybody else?")
    stage.apis.chatbot.fails(Status(401), times=1)
    lines = await report(stage)
    assert lines[0] == "**2 problems to fix here.**"
    assert line(lines, "Chatbase").startswith("❌")
    assert "out of credits" in line(lines, "Chatbase")
    assert line(lines, "Tamako").startswith("✅")
    assert line(lines, "ChatBot.com").startswith("❌")
    assert "rejected" in line(lines, "ChatBot.com")
    assert "`CHATBOT_`" in line(lines, "ChatBot.com")

    silent = Silent()
    stage.apis.chatbot.fails(silent, times=1)
    monkeypatch.setattr(sys.modules["cogs.doctor"], "PROBE_SECONDS", 0.3)
    lines = await report(stage)
    assert "did not answer within 0.3 seconds" in line(lines, "ChatBot.com")
    assert line(lines, "Database").startswith("✅")
    silent.release()


async def test_what_takes_long_is_announced(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interactions, "DEFER_AFTER", 0.05)
    stage.discord.faults.slow_down(*COMMANDS, 0.5)
    shown = await stage.admin.slash(stage.general, "doctor")
    assert shown.kind == "deferred_message"
    assert (await stage.told(shown)).content.startswith("**Everything works here.**")


async def test_a_database_that_takes_nothing(stage: Stage) -> None:
    stage.lose("facts")
    lines = await report(stage)
    assert line(lines, "Database").startswith("❌")
    assert "`DATABASE_URL`" in line(lines, "Database")


@pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")
async def test_what_discord_has_otherwise_than_the_bot(stage: Stage) -> None:
    assert line(await report(stage), "Message content intent").startswith("✅")
    stage.app.flags = ApplicationFlag(0)
    (help_command,) = (command for command in stage.app.commands.values() if command.name == "help")
    del stage.app.commands[help_command.id]
    lines = await report(stage)
    assert line(lines, "Message content intent").startswith("❌")
    assert line(lines, "Commands").startswith("❌ **Commands.** Discord doesn't know `/help`.")
    stage.discord.fail_next(*COMMANDS, 403)
    assert line(await report(stage), "Commands").startswith("⚠️ **Commands.** Discord didn't answer, so I don't know")


async def test_who_waits_is_counted(stage: Stage) -> None:
    held = stage.apis.chatbase.hold()
    first = await stage.alice.say(stage.general, stage.mention("the first question"))
    await held.started()
    second = await stage.alice.say(stage.general, stage.mention("the second question"))
    assert "1 waiting in this channel (up to 20 can)" in line(await report(stage), "Queue")
    assert "Empty" in line(await report(stage, stage.other), "Queue")
    await held.send("An answer.")
    await held.finish()
    for question in (first, second):
        await stage.answer(question)


async def test_only_who_manages_the_server_is_told(stage: Stage) -> None:
    told = await stage.use(stage.alice, "doctor", force=True)
    assert told.content == "You need **Manage Server** for that. Nothing was changed."
    assert told.ephemeral
    told = await stage.use(stage.admin, "doctor", at=stage.admin.dm(stage.app), force=True)
    assert told.content == "`/doctor` checks a channel of a server. Please use it in the channel that has the problem."
    for location in (stage.general, stage.alice.dm(stage.app)):
        with pytest.raises(NotVisible):
            await stage.use(stage.alice, "doctor", at=location)
