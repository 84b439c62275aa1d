"""What the host set: the privacy policy that people are led to, and which servers and people the bot serves."""

from typing import Any

import pytest

from cogs.guild_lifecycle import Servers
from sandbox.discord import Guild
from tests.databases import execute, find_text
from tests.e2e.stage import Stage, on_sqlite
from tests.e2e.test_reach import is_ignored
from tests.e2e.waiting import until
from tests.e2e.welcomes import found

POLICY = "https://host.example/privacy#bot"


@pytest.mark.environment(PRIVACY_URL=POLICY, MESSAGE_CONTENT_INTENT="true")
async def test_people_are_led_to_the_hosts_privacy_policy(stage: Stage) -> None:
    told = await stage.use(stage.alice, "privacy show")
    assert told.content.endswith(f"\nThe privacy policy of this bot's host: <{POLICY}>")
    linked = f"- [Privacy policy](<{POLICY}>) of this bot's host."
    for person in (stage.alice, stage.admin):
        assert linked in (await stage.use(person, "help")).content.splitlines()
    assert linked in (await stage.answer(await stage.alice.say(stage.general, "!help"))).content.splitlines()


async def test_without_one_nothing_is_said_of_it(stage: Stage) -> None:
    for command in ("privacy show", "help"):
        assert "policy of" not in (await stage.use(stage.alice, command)).content


BLOCKED = "The person who hosts me has blocked you, so I don't answer you. For what I store about you, please ask them."
NOT_HERE = "The person who hosts me doesn't let me work in this server."


def is_in(stage: Stage, guild: Guild) -> bool:
    """Return whether the bot is a member of a server."""
    return stage.app.bot.id in guild.members


@on_sqlite
async def test_a_server_that_is_not_allowed_is_left_without_a_word_and_without_a_trace(resting_stage: Stage) -> None:
    stage = resting_stage
    meanwhile = found(stage, "Meanwhile")
    async with stage.running():
        await until(lambda: bool(execute(stage.database, "SELECT 1 FROM facts WHERE name LIKE 'greets %'")))
    meanwhile.add_bot(stage.app)
    stage.changed["ALLOWED_SERVERS"] = f" {stage.guild.id} , 5,"
    async with stage.running():
        await until(lambda: not is_in(stage, meanwhile))
        later = found(stage, "Later")
        later.add_bot(stage.app)
        await until(lambda: not is_in(stage, later))
        later.add_bot(stage.app)  # and once more
        await until(lambda: not is_in(stage, later))
        assert (await stage.ask(stage.alice, "are you here?")).content
        assert is_in(stage, stage.guild)
    for guild in (meanwhile, later):
        assert not [message for channel in guild.channels.values() for message in stage.by_bot(channel)]
        assert not execute(stage.database, f"SELECT 1 FROM servers WHERE server = {guild.id} AND left_at IS NULL")
        assert not execute(stage.database, f"SELECT 1 FROM welcomes WHERE server = {guild.id}")


@on_sqlite
async def test_what_is_stored_of_a_server_that_is_blocked_later_is_erased_as_if_the_bot_had_been_removed(
    resting_stage: Stage,
) -> None:
    stage = resting_stage
    elsewhere = found(stage)  # where it stays, so that it can write to people
    elsewhere.add_bot(stage.app)
    async with stage.running():
        await stage.ask(stage.alice, "my cat is called Mog")
        await stage.ask(stage.alice, "and this stays", stage.alice.dm(stage.app))
        await stage.use(stage.admin, "settings prefix", value="?")
        await stage.idle()
    stage.changed["BLOCKED_SERVERS"] = str(stage.guild.id)
    stage.changed["ALLOWED_SERVERS"] = f"{stage.guild.id},{elsewhere.id}"
    async with stage.running():
        await until(lambda: not is_in(stage, stage.guild))
        await until(lambda: not execute(stage.database, "SELECT 1 FROM answers WHERE server IS NOT NULL"))
        await until(lambda: not execute(stage.database, "SELECT 1 FROM turns WHERE server IS NOT NULL"))
        assert not execute(stage.database, "SELECT 1 FROM preferences")
        assert (await stage.ask(stage.alice, "and in private?", stage.alice.dm(stage.app))).content
    assert not await find_text(stage.database, "Mog")
    assert await find_text(stage.database, "and this stays")


@on_sqlite
@pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")
async def test_where_the_bot_cannot_leave_it_says_nothing_and_tries_again(resting_stage: Stage) -> None:
    stage = resting_stage
    elsewhere = found(stage)  # where it stays, so that it can write to people
    elsewhere.add_bot(stage.app)
    stage.changed["BLOCKED_SERVERS"] = str(stage.guild.id)
    thread = await stage.alice.start_thread(stage.general, "aside")
    asked = await stage.alice.say(stage.general, stage.mention("from before the start"))
    stage.discord.fail_next("DELETE", "/users/@me/guilds/{guild_id}", 403)
    async with stage.running():
        questions = [
            asked,
            await stage.alice.say(stage.general, stage.mention("hello?")),
            await stage.alice.say(thread, stage.mention("hello?")),
            await stage.admin.say(stage.other, "!help"),
        ]
        assert await is_ignored(stage, *questions)
        for command in ("ask", "tamako ask", "help", "settings show", "privacy show"):
            options: dict[str, Any] = {"question": "and by command?"} if command.endswith("ask") else {}
            told = await stage.use(stage.admin, command, **options)
            assert (told.content, told.ephemeral) == (NOT_HERE, True)
        menu = await stage.alice.use_menu(asked, "Ask about this")
        assert (await stage.told(menu)).content == NOT_HERE
        assert is_in(stage, stage.guild)
        assert not execute(stage.database, f"SELECT 1 FROM servers WHERE server = {stage.guild.id}")
        servers = stage.bot.get_cog("Servers")
        assert isinstance(servers, Servers)
        servers._leaving.hurry()
        await until(lambda: not is_in(stage, stage.guild))


@on_sqlite
@pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")
async def test_a_blocked_person_is_ignored_everywhere_and_everybody_else_is_not(resting_stage: Stage) -> None:
    stage = resting_stage
    async with stage.running():
        answer = await stage.ask(stage.bob, "a question from before")
        offer = await stage.use(stage.bob, "chatbot ask", question="hello")
        erase = await stage.use(stage.bob, "privacy forget")
        form = await stage.bob.use_menu(answer, "Ask about this")
    stage.changed["BLOCKED_USERS"] = f"7, {stage.bob.id}"
    while_away = await stage.bob.say(stage.general, stage.mention("while you were away"))
    received = len(stage.apis.chatbase.received), len(stage.apis.chatbot.received)
    async with stage.running():
        await stage.use(stage.admin, "settings auto-reply", channel=stage.other, on=True)
        edited = await stage.bob.say(stage.general, "not for you")
        questions = [
            while_away,
            edited,
            await stage.bob.say(stage.general, stage.mention("a mention")),
            await stage.bob.say(stage.general, stage.app.bot.mention),
            await stage.bob.say(stage.general, "and this?", reply_to=answer),
            await stage.bob.say(stage.general, "!ask a text command"),
            await stage.bob.say(stage.general, "!help"),
            await stage.bob.say(stage.other, "overheard"),
        ]
        await stage.bob.edit(edited, stage.mention("for you"))
        direct = await stage.bob.say(stage.bob.dm(stage.app), "hello there, in private")
        assert await is_ignored(stage, *questions, direct)
        for command in ("ask", "chatbase ask", "help", "privacy show", "privacy forget", "history show"):
            options: dict[str, Any] = {"question": "and by command?"} if command.endswith("ask") else {}
            for place in (stage.general, stage.bob.dm(stage.app)):
                told = await stage.use(stage.bob, command, at=place, **options)
                assert (told.content, told.ephemeral) == (BLOCKED, True)
        assert await stage.bob.autocomplete(stage.general, "settings provider", "provider", "t", force=True) == []
        presses = [
            await stage.bob.press(answer, "Retry"),
            await stage.bob.press(offer, "See the menu"),
            await stage.bob.press(erase, "Erase"),
            await stage.bob.use_menu(answer, "Ask about this"),
            await stage.bob.use_menu(answer, "Why this answer?"),
            await stage.bob.submit(form, question="well?"),
        ]
        assert [(await stage.told(press)).content for press in presses] == [BLOCKED] * len(presses)
        assert await find_text(stage.database, "a question from before"), "nobody pressed Erase"
        asked = [each.question for each in stage.apis.chatbase.received[received[0] :]]
        assert asked == ["are you there?"]
        assert len(stage.apis.chatbot.received) == received[1]
        assert (await stage.ask(stage.alice, "and I?")).content
        assert answer.replied_to is not None
        await stage.bob.delete(answer.replied_to)  # what they delete is erased all the same
        await until(
            lambda: not execute(stage.database, f"SELECT 1 FROM answers WHERE asker = {stage.bob.id} AND by_message")
        )
