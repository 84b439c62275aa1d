"""A server that the bot is added to is welcomed once, and the welcome leads to a first answer, then goes."""

import asyncio

import pytest

from bot.domain.settings.server_settings import EXCEPT, LISTED, ONLY
from sandbox.discord import Guild, Message, NotVisible, Permission
from tests.databases import execute
from tests.e2e.stage import Stage
from tests.e2e.waiting import until
from tests.e2e.welcomes import BUTTONS, DONE, channel_of, found, gone, preselected, welcome, welcomes


@pytest.fixture
async def joined(stage: Stage) -> tuple[Stage, Guild, Message]:
    """Give a stage whose bot was just added to another server, and the welcome there."""
    guild = found(stage)
    guild.add_bot(stage.app)
    return stage, guild, await welcome(stage, guild)


async def test_it_has_two_lines_and_four_buttons_in_the_first_channel_that_can_be_written_in(stage: Stage) -> None:
    guild = found(stage, "Elsewhere", "rules", "secret", "talk")
    for name, denied in (("rules", Permission.SEND_MESSAGES), ("secret", Permission.VIEW_CHANNEL)):
        channel_of(guild, name).overwrite(guild.everyone, deny=denied)
    guild.add_bot(stage.app)
    shown_here = await welcome(stage, guild)
    assert shown_here.channel.name == "talk"
    assert len(shown_here.content.splitlines()) == 2
    assert stage.app.bot.mention in shown_here.content
    assert "**Chatbase** answers here" in shown_here.content
    for button in BUTTONS[1:]:
        told = await stage.told(await stage.alice.press(shown_here, button))
        assert (told.content, told.ephemeral) == ("You need **Manage Server** for that. Nothing was changed.", True)
    assert not welcomes(stage, stage.guild), "a server from before"


async def test_the_system_channel_comes_first_if_the_bot_may_write_there(stage: Stage) -> None:
    for denied, expected in ((Permission(0), "talk"), (Permission.SEND_MESSAGES, "lobby")):
        guild = found(stage)
        guild.system_channel = channel_of(guild, "talk")
        guild.system_channel.overwrite(guild.everyone, deny=denied)
        guild.add_bot(stage.app)
        assert (await welcome(stage, guild)).channel.name == expected


async def test_where_nothing_can_be_written_there_is_no_welcome_and_the_next_server_has_one(stage: Stage) -> None:
    shut = found(stage, "Shut", "rules")
    channel_of(shut, "rules").overwrite(shut.everyone, deny=Permission.SEND_MESSAGES)
    shut.add_bot(stage.app)
    other = found(stage)
    other.add_bot(stage.app)
    await welcome(stage, other)
    assert not welcomes(stage, shut)


async def test_a_first_answer_and_a_choice_end_it(joined: tuple[Stage, Guild, Message]) -> None:
    stage, guild, shown_here = joined
    stage.apis.chatbase.answers("I can help.")
    form = await stage.alice.press(shown_here, "Try it")
    answer = await stage.told(await stage.alice.submit(form))
    assert (answer.content, answer.ephemeral) == ("-# Alice asked: What can you help me with?\nI can help.", False)
    assert "What can you help me with?" in str(stage.apis.chatbase.received[-1].fields)
    assert welcomes(stage, guild)

    card = await stage.told(await stage.admin.press(shown_here, "Choose who answers"))
    assert card.ephemeral
    await stage.admin.choose(card, "Choose who answers", "Tamako")
    await gone(stage, guild)
    stage.apis.tamako.answers("from tamako")
    assert (await stage.ask(stage.alice, "who?", shown_here.channel)).content == "from tamako"


async def test_a_choice_is_shown_and_an_own_question_can_be_asked(joined: tuple[Stage, Guild, Message]) -> None:
    stage, _, shown_here = joined
    card = await stage.told(await stage.admin.press(shown_here, "Choose who answers"))
    await stage.admin.choose(card, "Choose who answers", "Tamako")
    await stage.discord.wait_for(lambda: "**Tamako** answers here" in shown_here.content or None)
    form = await stage.alice.press(shown_here, "Try it")
    stage.apis.tamako.answers("from tamako")
    answer = await stage.told(await stage.alice.submit(form, question="who are you?"))
    assert answer.content == "-# Alice asked: who are you?\nfrom tamako"
    assert "who are you?" in str(stage.apis.tamako.received[-1].fields)


async def test_where_the_bot_may_answer_is_chosen_among_channels(joined: tuple[Stage, Guild, Message]) -> None:
    stage, guild, shown_here = joined
    talk, lobby, settings = channel_of(guild, "talk"), channel_of(guild, "lobby"), stage.bot.services.settings
    await settings.save("server", guild.id, guild.id, "channels", EXCEPT)
    await settings.save("channel", guild.id, lobby.id, LISTED, "on")
    card = await stage.told(await stage.admin.press(shown_here, "Where may I answer"))
    assert card.content.startswith(f"I answer everywhere except in {lobby.mention}.")
    assert preselected(card) == [], "where it does not answer is nothing to answer in"
    await stage.admin.choose(card, "Only in these channels", talk)
    await stage.discord.wait_for(lambda: f"I answer only in {talk.mention}." in card.content or None)
    assert settings.listed([talk.id, lobby.id]) == [talk.id]
    assert (await stage.ask(stage.alice, "here?", talk)).content
    refused = await stage.told(await stage.alice.slash(lobby, "ask", question="here?"))
    assert refused.content.startswith("I don't answer in this channel.")
    told = await stage.told(await stage.alice.press(shown_here, "Try it"))
    assert told.content.startswith("I don't answer in this channel.")
    card = await stage.told(await stage.admin.press(shown_here, "Where may I answer"))
    assert preselected(card) == [str(talk.id)]
    await stage.admin.press(card, "Everywhere")
    await stage.discord.wait_for(lambda: card.content == "I answer in every channel that I can see." or None)
    assert (await stage.ask(stage.alice, "here?", lobby)).content
    assert ONLY not in str(execute(stage.database, "SELECT value FROM preferences WHERE name = 'channels'"))


async def test_of_what_two_admins_choose_at_once_one_counts(joined: tuple[Stage, Guild, Message]) -> None:
    stage, guild, shown_here = joined
    talk, lobby, settings = channel_of(guild, "talk"), channel_of(guild, "lobby"), stage.bot.services.settings
    cards = [await stage.told(await stage.admin.press(shown_here, "Where may I answer")) for _ in range(2)]
    chosen = [
        stage.admin.choose(card, "Only in these channels", each)
        for card, each in zip(cards, (talk, lobby), strict=True)
    ]
    await asyncio.gather(*chosen)
    await stage.discord.wait_for(lambda: all("I answer only in" in card.content for card in cards) or None)
    assert len(settings.listed([talk.id, lobby.id])) == 1


async def test_channels_that_the_menu_has_no_room_for_stay_listed(stage: Stage) -> None:
    guild = found(stage, "Elsewhere", "lobby", *(f"room-{number}" for number in range(30)))
    guild.add_bot(stage.app)
    shown_here, settings = await welcome(stage, guild), stage.bot.services.settings
    rooms = [channel for channel in guild.channels.values() if channel.name.startswith("room-")]
    await settings.save("server", guild.id, guild.id, "channels", ONLY)
    for room in rooms:
        await settings.save("channel", guild.id, room.id, LISTED, "on")
    card = await stage.told(await stage.admin.press(shown_here, "Where may I answer"))
    assert "The menu has room for 25; the others stay on the list" in card.content
    shown_ids = preselected(card)
    assert len(shown_ids) == 25
    lobby = channel_of(guild, "lobby")
    await stage.admin.choose(card, "Only in these channels", lobby)
    await stage.discord.wait_for(lambda: lobby.mention in card.content or None)
    expected = {lobby.id, *(room.id for room in rooms if str(room.id) not in shown_ids)}
    assert set(settings.listed([lobby.id, *(room.id for room in rooms)])) == expected


async def test_a_channel_that_is_deleted_while_it_is_chosen_does_not_open_the_others(
    joined: tuple[Stage, Guild, Message],
) -> None:
    stage, guild, shown_here = joined
    talk, settings = channel_of(guild, "talk"), stage.bot.services.settings
    await settings.save("server", guild.id, guild.id, "channels", ONLY)
    await settings.save("channel", guild.id, talk.id, LISTED, "on")
    card = await stage.told(await stage.admin.press(shown_here, "Where may I answer"))
    await stage.discord.wait_for(lambda: "I answer only in" in card.content or None)
    talk.delete()
    told = await stage.told(await stage.admin.choose(card, "Only in these channels", talk))
    assert told.content.startswith("I can't find these channels any longer.")
    refused = await stage.told(await stage.alice.slash(shown_here.channel, "ask", question="here?"))
    assert refused.content.startswith("I don't answer in this channel.")


async def test_check_says_what_doctor_says_and_the_welcome_can_be_dismissed(
    joined: tuple[Stage, Guild, Message],
) -> None:
    stage, guild, shown_here = joined
    report = await stage.told(await stage.admin.press(shown_here, "Check"))
    doctor = await stage.use(stage.admin, "doctor", at=shown_here.channel)
    assert report.ephemeral
    assert [line[:20] for line in report.content.splitlines()] == [line[:20] for line in doctor.content.splitlines()]
    told = await stage.told(await stage.admin.press(report, DONE))
    assert told.content.startswith("I deleted the welcome message.")
    await gone(stage, guild)


async def test_if_discord_does_not_let_the_bot_delete_it_that_is_said(joined: tuple[Stage, Guild, Message]) -> None:
    stage, _, shown_here = joined
    report = await stage.told(await stage.admin.press(shown_here, "Check"))
    delete = ("DELETE", "/channels/{channel_id}/messages/{message_id}")
    stage.discord.faults.fail_next(*delete, 403, 50001)
    told = await stage.told(await stage.admin.press(report, DONE))
    assert told.content.startswith("Discord didn't delete the welcome message.")
    told = await stage.told(await stage.admin.press(report, DONE))
    assert told.content.startswith("I deleted the welcome message.")
    assert shown_here.deleted


async def test_one_that_somebody_deleted_is_gone_for_the_bot_too(joined: tuple[Stage, Guild, Message]) -> None:
    stage, guild, shown_here = joined
    cards = [await stage.told(await stage.admin.press(shown_here, button)) for button in BUTTONS[1:]]
    await stage.admin.delete(shown_here)
    await stage.admin.choose(cards[0], "Choose who answers", "Tamako")
    await stage.discord.wait_for(lambda: "**Tamako** now answers" in cards[0].content or None)
    told = await stage.told(await stage.admin.press(cards[2], DONE))
    assert told.content.startswith("I deleted the welcome message.")
    await gone(stage, guild)


async def test_its_buttons_work_whatever_became_of_its_row_and_of_the_bots_permissions(
    joined: tuple[Stage, Guild, Message],
) -> None:
    stage, guild, shown_here = joined
    await until(lambda: bool(execute(stage.database, "SELECT 1 FROM welcomes WHERE message <> 0")))
    execute(stage.database, "DELETE FROM welcomes")
    shown_here.channel.overwrite(guild.everyone, deny=Permission.SEND_MESSAGES)
    form = await stage.alice.press(shown_here, "Try it")
    assert (await stage.told(await stage.alice.submit(form))).content.startswith("-# Alice asked:")
    for button in BUTTONS[1:]:
        told = await stage.told(await stage.admin.press(shown_here, button))
        assert told.ephemeral
        assert told.content
    report = await stage.told(await stage.admin.press(shown_here, "Check"))
    assert "Send Messages" in report.content
    card = await stage.told(await stage.admin.press(shown_here, "Choose who answers"))
    await stage.admin.choose(card, "Choose who answers", "Tamako")
    await stage.discord.wait_for(lambda: "**Tamako** now answers" in card.content or None)


async def test_who_loses_manage_server_with_a_card_open_sets_nothing(joined: tuple[Stage, Guild, Message]) -> None:
    stage, guild, shown_here = joined
    cards = [await stage.told(await stage.admin.press(shown_here, button)) for button in BUTTONS[1:3]]
    guild.owner = stage.alice
    for role in guild.roles.values():
        role.set_permissions(role.permissions & ~(Permission.MANAGE_GUILD | Permission.ADMINISTRATOR))
    presses = [
        await stage.admin.choose(cards[0], "Choose who answers", "Tamako"),
        await stage.admin.choose(cards[1], "Only in these channels", shown_here.channel),
        await stage.admin.press(cards[1], "Everywhere"),
        await stage.admin.press(cards[1], DONE),
    ]
    for press in presses:
        told = await stage.told(press)
        assert (told.content, told.ephemeral) == ("You need **Manage Server** for that. Nothing was changed.", True)
    assert execute(stage.database, f"SELECT count(*) FROM preferences WHERE server = {guild.id}") == [(0,)]
    assert welcomes(stage, guild)


async def test_nobody_presses_it_for_another_server(joined: tuple[Stage, Guild, Message]) -> None:
    stage, _, shown_here = joined
    row = shown_here.components[0]["components"]
    for button in row:
        button["custom_id"] = f"{button['custom_id'].rpartition(':')[0]}:{stage.guild.id}"
    for button in BUTTONS:
        told = await stage.told(await stage.admin.press(shown_here, button))
        assert "answer" in told.content or "button" in told.content
        assert told.ephemeral
    assert not stage.bot.services.settings.listed([shown_here.channel.id])


async def test_an_answer_that_fails_does_not_count_as_the_first(joined: tuple[Stage, Guild, Message]) -> None:
    stage, guild, shown_here = joined
    with pytest.raises(NotVisible):
        await stage.admin.press(shown_here, DONE)
    stage.apis.chatbase.answers("")
    form = await stage.alice.press(shown_here, "Try it")
    await stage.told(await stage.alice.submit(form))
    await stage.idle()
    await asyncio.sleep(0)
    assert execute(stage.database, f"SELECT tried FROM welcomes WHERE server = {guild.id}") == [(0,)]
