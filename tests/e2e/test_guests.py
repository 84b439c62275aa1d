"""The bot in places that it is no member of, where somebody's own installation brings it along."""

import pytest

from bot.discord.canvases import interaction_canvas as canvas
from sandbox.apis.chatbase import messages_of
from sandbox.discord import Channel, NotVisible, Permission
from sandbox.discord.limits.rate_limits import WEBHOOK
from tests.e2e.reader import bare, bare_text, check_frames, prose, words
from tests.e2e.stage import Stage, on_sqlite

MENU = "Ask about this"


@pytest.fixture
def abroad(stage: Stage) -> Channel:
    """Give a channel of bob's server, of which alice is a member and the bot is none; alice has installed the bot."""
    stage.app.install_for(stage.alice)
    guild = stage.discord.create_guild("Abroad", stage.bob, stage.alice)
    return guild.add_text_channel("lobby")


@pytest.fixture
def group(stage: Stage, abroad: Channel) -> Channel:
    """Give a group of alice, bob and the admin."""
    return stage.discord.create_group(stage.bob, stage.alice, stage.admin, name="friends")


async def thread_in(channel: Channel, stage: Stage) -> Channel:
    """Return a thread in a channel, which the bot knows from commands alone."""
    return await stage.bob.start_thread(channel, "aside")


async def test_ask_answers_in_public_wherever_it_is_brought(stage: Stage, abroad: Channel, group: Channel) -> None:
    stage.apis.chatbase.answers("noted")
    guild = abroad.guild
    assert guild is not None
    lounge, forum = guild.add_voice_channel("lounge"), guild.add_forum("questions")
    post, _ = await stage.bob.post(forum, "A question", "how?")
    locations = [abroad, await thread_in(abroad, stage), lounge, post, group, stage.alice.dm(stage.bob)]
    for location in locations:
        for question in ("first", "second"):
            answer = await stage.use(stage.alice, "ask", at=location, question=question)
            assert words(answer) == "noted"
            assert answer.visible_to(stage.bob)
        messages = stage.apis.chatbase.received[-1].fields["messages"]
        title = "" if location.thread is None else f"Thread: {location.name}\n\n"
        assert [each["content"] for each in messages] == [f"{title}first", "noted", "second"]  # type: ignore[attr-defined]
    assert len({received.fields["conversationId"] for received in stage.apis.chatbase.received}) == len(locations)


async def test_the_menu_works_there_too(stage: Stage, abroad: Channel, group: Channel) -> None:
    for location in (abroad, group):
        said = await stage.bob.say(location, "the moon is made of cheese")
        form = await stage.alice.use_menu(said, MENU)
        answer = await stage.told(await stage.alice.submit(form, {"Question": "is it?"}))
        assert stage.apis.chatbase.received[-1].question == "Bob wrote:\n> the moon is made of cheese\n\nis it?"
        assert answer.visible_to(stage.bob)


async def test_names_there_are_those_that_the_asker_sees(stage: Stage, abroad: Channel) -> None:
    guild = abroad.guild
    assert guild is not None
    secret = guild.add_text_channel("secret")
    secret.overwrite(guild.everyone, deny=Permission.VIEW_CHANNEL)
    await stage.use(stage.alice, "ask", at=abroad, question=f"{stage.bob.mention} {abroad.mention} {secret.mention}?")
    assert stage.apis.chatbase.received[-1].question == "@Bob #lobby #unknown channel?"


async def test_a_long_answer_keeps_to_what_discord_lets_a_guest_write(stage: Stage, abroad: Channel) -> None:
    stage.discord.limits.change(WEBHOOK, count=50, window=5)
    fits, too_long = prose(6000), prose(30_000)
    stage.apis.chatbase.answers(fits)
    await stage.use(stage.alice, "ask", at=abroad, question="tell me all")
    await stage.idle()
    assert bare(stage.by_bot(abroad)) == bare_text(fits)
    check_frames(stage.by_bot(abroad))
    before = len(stage.by_bot(abroad))
    stage.apis.chatbase.answers(too_long)
    await stage.use(stage.alice, "ask", at=abroad, question="tell me more")
    await stage.idle()
    *pages, last = stage.by_bot(abroad)[before:]
    assert len(pages) == 5
    assert bare_text(too_long).startswith(bare(pages))
    (file,) = last.attachments
    assert file.data.decode() == too_long
    told = f"-# This answer is too long to post here ({len(too_long):,} characters). The attached file has all of it."
    assert last.content == told


async def test_no_servers_settings_apply_and_none_can_be_made(stage: Stage, abroad: Channel, group: Channel) -> None:
    guild = abroad.guild
    assert guild is not None
    guild.add_bot(stage.app)
    await stage.use(stage.bob, "settings provider", at=abroad, provider="tamako")
    assert (await stage.use(stage.alice, "help", at=abroad)).content.startswith("**Tamako answers here.**")
    guild.remove(stage.app.bot)
    for location in (abroad, group):
        told = await stage.use(stage.alice, "help", at=location)
        assert told.content.startswith("**Chatbase answers here.**\n- Ask with `/ask`. I'm not a member here")
        assert "/settings" not in told.content
    stage.app.install_for(stage.bob)
    refused = await stage.use(stage.bob, "settings model", at=abroad, force=True, value="gpt-4o")
    assert refused.content.startswith("I'm not a member of this server, so the defaults apply.")
    assert await stage.bob.autocomplete(abroad, "settings story", "value", "", force=True) == []
    with pytest.raises(NotVisible):
        await stage.use(stage.bob, "settings show", at=abroad)


async def test_history_belongs_to_the_place(stage: Stage, abroad: Channel, group: Channel) -> None:
    for location in (abroad, group):
        await stage.use(stage.alice, "ask", at=location, question="first")
        assert "**user:** first" in (await stage.use(stage.alice, "history show", at=location)).content
    refused = await stage.use(stage.alice, "history clear", at=abroad)
    assert refused.content.startswith("You need **Manage Messages**")
    cleared = await stage.use(stage.alice, "history clear", at=group)
    assert cleared.content.startswith("This channel's conversation with Chatbase starts over")


async def test_where_a_server_keeps_guests_quiet_the_answer_is_for_the_asker_alone(
    stage: Stage, abroad: Channel
) -> None:
    abroad.overwrite(stage.alice, deny=Permission.USE_EXTERNAL_APPS)
    answer = await stage.use(stage.alice, "ask", at=abroad, question="hello")
    assert answer.content
    assert answer.ephemeral


async def test_a_button_works_for_its_presser(stage: Stage, abroad: Channel) -> None:
    welcome = await stage.use(stage.alice, "chatbot ask", at=abroad, question="hello")
    pressed = await stage.told(await stage.bob.press(welcome, "Opening hours"))
    assert words(pressed).startswith("We are open")
    assert stage.apis.chatbot.received[-1].user_key == str(stage.bob.id)


async def test_an_answer_ends_in_time_where_only_the_token_lets_the_bot_write(
    stage: Stage, abroad: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canvas, "TOKEN_SECONDS", 0.5)
    stream = stage.apis.chatbase.hold()
    shown = await stage.alice.slash(abroad, "ask", question="take your time")
    await stream.send("It begins")
    answer = await stage.told(shown)
    assert words(answer).startswith("It begins\n-# Discord gives me 15 minutes to answer here, and they're up.")
    await stage.idle()


async def test_an_answer_that_comes_too_late_is_explained_elsewhere(stage: Stage, abroad: Channel) -> None:
    stream = stage.apis.chatbase.hold()
    await stage.alice.slash(abroad, "ask", question="take your time")
    await stream.started()
    stage.discord.advance(15 * 60 + 1)
    await stream.send("Too late.")
    await stream.finish()
    told = await stage.alice.dm(stage.app).next_message(by=stage.app.bot)
    assert told.content.startswith(f"My answer in {abroad.mention} came too late")


@on_sqlite
async def test_an_application_that_is_for_servers_alone_registers_its_commands_for_them(resting_stage: Stage) -> None:
    stage = resting_stage
    stage.app.user_install = False
    async with stage.running():
        assert {tuple(command.installs) for command in stage.app.commands.values()} == {(0,)}
    stage.app.user_install = True
    async with stage.running():
        installs = {command.name: command.installs for command in stage.app.commands.values()}
        assert [installs.pop(name) for name in ("settings", "setup", "doctor", "usage")] == [[0]] * 4
        assert set(map(tuple, installs.values())) == {(0, 1)}


async def test_what_only_one_person_sees_stays_their_own(stage: Stage, abroad: Channel) -> None:
    assert abroad.guild is not None
    stage.app.install_for(stage.admin)
    abroad.guild.add_member(stage.admin)
    for person in (stage.alice, stage.admin):
        abroad.overwrite(person, deny=Permission.USE_EXTERNAL_APPS)
    stage.apis.chatbase.answers("noted")
    answer = await stage.use(stage.alice, "ask", at=abroad, question="my own secret")
    assert answer.ephemeral
    shown = await stage.use(stage.admin, "history show", at=abroad)
    assert shown.content.startswith("Nothing yet")
    await stage.use(stage.admin, "ask", at=abroad, question="what did she say?")
    assert len(stage.apis.chatbase.received[-1].fields["messages"]) == 1  # type: ignore[arg-type]
    await stage.use(stage.admin, "history clear", at=abroad, force=True)
    await stage.use(stage.alice, "ask", at=abroad, question="and now?")
    assert [message.content for message in messages_of(stage.apis.chatbase.received[-1])] == [
        "my own secret",
        "noted",
        "and now?",
    ]
    assert stage.apis.chatbase.received[-1].user_key == stage.apis.chatbase.received[0].user_key
