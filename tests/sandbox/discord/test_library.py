"""The real discord.py against the sandbox: connecting, commands, answers, components, breaks."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import discord as library
import pytest
import yarl
from discord.gateway import DiscordWebSocket

from sandbox.discord import ChannelType, Discord, Permission
from sandbox.discord.model.snowflakes import shard_of
from tests.sandbox.discord import documents
from tests.sandbox.discord.bots import Bot, ShardedBot
from tests.sandbox.discord.conftest import Home


@pytest.fixture
async def bot(discord: Discord, home: Home, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    monkeypatch.setattr(library.http.Route, "BASE", discord.api_url)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(discord.gateway_url))
    bot = Bot()
    async with bot:
        running = asyncio.create_task(bot.start(home.app.token))
        await discord.bot_ready(home.app, readies=1, syncs=1)
        yield bot
        await bot.close()
        await running
    assert discord.unknown_routes == []
    if documents.present:
        _check_what_the_library_sent(discord)


def _check_what_the_library_sent(discord: Discord) -> None:
    """Hold each request that the sandbox accepted against Discord's own description of it."""
    for record in discord.requests:
        if record.body is not None and record.status < 300:
            documents.check_request(record.method, record.route, _with_text_ids(record.body))


def _with_text_ids(body: Any) -> Any:  # noqa: ANN401 - JSON
    """Write ids as text: discord.py sends some as numbers, which Discord takes although its file does not say so."""
    if isinstance(body, list):
        return [_with_text_ids(part) for part in body]
    if not isinstance(body, dict):
        return body
    ids = {key: str(value) for key, value in body.items() if key.endswith("id") and isinstance(value, int)}
    return {key: _with_text_ids(value) for key, value in body.items()} | ids


async def test_a_mention_is_answered_by_a_reply_that_grows(bot: Bot, home: Home, discord: Discord) -> None:
    question = await home.alice.say(home.general, f"{home.app.bot.mention} count")
    await discord.wait_for(lambda: home.general.is_typing(home.app.bot))
    answer = await home.general.next_message(by=home.app.bot, after=question)
    await answer.wait_until(shows="three")
    assert [frame.content for frame in answer.frames] == ["▌", "one", "one two", "one two three"]
    assert answer.replied_to is question
    assert answer.pinged == {home.alice}
    assert [frame.request["allowed_mentions"]["parse"] for frame in answer.frames] == [[], [], [], []]
    assert not home.general.is_typing(home.app.bot)
    assert discord.rate_limited == []


async def test_without_the_intent_only_what_concerns_it_is_read(bot: Bot, home: Home) -> None:
    await home.alice.say(home.general, "not for you")
    dm = home.alice.dm(home.app)
    said = await home.alice.say(dm, "for you")
    await (await dm.next_message(by=home.app.bot, after=said)).wait_until(shows="three")
    assert bot.texts == ["", "for you"]


async def test_a_command_is_deferred_edited_and_followed(bot: Bot, home: Home) -> None:
    shown = await home.alice.slash(home.general, "ask", question="why?")
    message = await shown.wait_until(shows="because")
    followed = await shown.next_followup()
    assert (shown.answered, followed.content, message.frames[0].content) == (True, "and more", "")
    pressed = await home.bob.press(message, "Yes")
    assert (pressed.content, message.components) == ("bob said yes", ())


async def test_a_menu_changes_its_message(bot: Bot, home: Home) -> None:
    message = await (await home.alice.slash(home.general, "ask", question="why?")).wait_until(shows="because")
    await home.alice.choose(message, "How big?", "Small")
    await message.wait_until(shows="Small")


async def test_commands_work_in_direct_messages_threads_and_forums(bot: Bot, home: Home) -> None:
    thread = await home.alice.start_thread(home.general, "aside")
    post, _ = await home.alice.post(home.guild.add_forum("help"), "how?", "like this")
    voice = home.guild.add_voice_channel("lounge")
    for place in (home.alice.dm(home.app), thread, post, voice):
        shown = await home.alice.slash(place, "ask", question="why?")
        assert (await shown.wait_until(shows="because")).channel is place
    assert post.type is ChannelType.PUBLIC_THREAD


async def test_a_form_is_filled_in(bot: Bot, home: Home) -> None:
    opened = await home.alice.slash(home.general, "form")
    submitted = await home.alice.submit(opened, {"Question": "why?"})
    assert (submitted.content, submitted.ephemeral) == ("You asked: why?", True)
    assert home.general.visible_to(home.bob) == []


async def test_a_file_for_one_person(bot: Bot, home: Home) -> None:
    shown = await home.alice.slash(home.general, "export")
    assert shown.message is not None
    (file,) = shown.message.attachments
    assert (file.filename, file.data, shown.ephemeral) == ("data.json", b"{}", True)


async def test_options_nickname_and_autocompletion(bot: Bot, home: Home) -> None:
    shown = await home.alice.slash(home.general, "settings auto-reply", channel=home.general, on=True)
    assert shown.content == "general True"
    choices = await home.alice.autocomplete(home.general, "settings provider", "name", "tama")
    assert choices == [{"name": "Tamako", "value": "tamako"}]
    assert (await home.alice.slash(home.general, "settings provider", name="tamako")).content == "It is tamako"
    assert home.guild.member(home.app.bot).nick == "tamako"


async def test_the_menu_of_a_message_carries_its_text(bot: Bot, home: Home) -> None:
    question = await home.alice.say(home.general, "what is this?")
    assert (await home.bob.use_menu(question, "Ask about this")).content == "About: what is this?"


async def test_a_command_that_nobody_answers(bot: Bot, home: Home, discord: Discord) -> None:
    waiting = asyncio.create_task(home.alice.slash(home.general, "late"))
    await discord.wait_for(lambda: discord.state.interactions)
    discord.advance(3.1)
    assert not (await waiting).answered


async def test_a_break_is_resumed_and_nothing_is_missed(bot: Bot, home: Home, discord: Discord) -> None:
    # A resume in the same moment finds nothing missed: the question must come while nobody listens.
    session = discord.gateway.connected(home.app)[0]
    closing = asyncio.create_task(discord.disconnect(4000))
    await discord.wait_for(lambda: not session.connected)
    question = await home.alice.say(home.general, f"{home.app.bot.mention} count")
    await closing
    answer = await home.general.next_message(by=home.app.bot, after=question)
    await answer.wait_until(shows="three")
    await discord.wait_for(lambda: home.app.resumes == 1)
    assert home.app.readies == 1


async def test_an_invalid_session_is_identified_again(bot: Bot, home: Home, discord: Discord) -> None:
    discord.invalidate_sessions()
    await discord.bot_ready(home.app, readies=2)
    question = await home.alice.say(home.general, f"{home.app.bot.mention} count")
    await home.general.next_message(by=home.app.bot, after=question)


async def test_an_order_to_reconnect_is_resumed(bot: Bot, home: Home, discord: Discord) -> None:
    discord.gateway.ask_to_reconnect()
    await discord.wait_for(lambda: home.app.resumes == 1)
    await asyncio.wait_for(bot.resumed.wait(), 5)


async def test_refusals_become_the_librarys_errors(bot: Bot, home: Home) -> None:
    channel = bot.get_partial_messageable(home.general.id)
    home.general.overwrite(home.app.bot, deny=Permission.SEND_MESSAGES)
    with pytest.raises(library.Forbidden) as refused:
        await channel.send("a")
    assert refused.value.code == 50013
    home.general.overwrite(home.app.bot)
    with pytest.raises(library.HTTPException) as refused_form:
        await channel.send("a" * 2001)
    assert "Must be 2000 or fewer in length." in str(refused_form.value)
    with pytest.raises(library.NotFound):
        await channel.fetch_message(5)


async def test_a_full_bucket_makes_the_library_wait_not_fail(bot: Bot, home: Home, discord: Discord) -> None:
    channel = bot.get_partial_messageable(home.general.id)
    await channel.send("a")
    discord.advance(4.6)
    for _ in range(4):
        await channel.send("a")
    waiting = asyncio.create_task(channel.send("b"))
    await asyncio.sleep(0)
    assert len(home.general.messages) == 5
    await waiting
    assert len(home.general.messages) == 6
    assert discord.rate_limited == []


async def test_a_sharded_client_hears_each_server_once(
    discord: Discord, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library.http.Route, "BASE", discord.api_url)
    home.app.shards = home.app.session_starts.max_concurrency = 2
    places = {shard_of(home.guild.id, 2): home.general}
    while len(places) < 2:
        discord.advance(0.001)
        guild = discord.create_guild("Elsewhere", home.alice)
        guild.add_bot(home.app)
        places[shard_of(guild.id, 2)] = guild.add_text_channel("elsewhere")
    async with ShardedBot() as bot:
        running = asyncio.create_task(bot.start(home.app.token))
        await discord.bot_ready(home.app, readies=2)
        assert sorted(session.shard for session in discord.gateway.connected(home.app)) == [(0, 2), (1, 2)]
        dm = home.alice.dm(home.app)
        for place in (*places.values(), dm):
            await home.alice.say(place, f"{home.app.bot.mention} {place.id}")
        async with asyncio.timeout(10):
            while len(bot.heard) < 3:
                await asyncio.sleep(0.001)
        assert set(bot.heard) == {(None, dm.id), *((shard, place.id) for shard, place in places.items())}
        await bot.close()
        await running


async def test_the_library_asks_for_zstd_if_it_can_read_it() -> None:
    """All of these tests, and those of the whole bot, are about the way of compression that real bots use."""
    assert library.utils._ActiveDecompressionContext.COMPRESSION_TYPE == "zstd-stream"


@pytest.mark.parametrize("fault", ["token", "intents"])
async def test_a_client_that_may_not_connect(
    discord: Discord, home: Home, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(library.http.Route, "BASE", discord.api_url)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(discord.gateway_url))
    intents = library.Intents(message_content=fault == "intents", guilds=True)
    async with library.Client(intents=intents) as client:
        expected = library.PrivilegedIntentsRequired if fault == "intents" else library.LoginFailure
        with pytest.raises(expected):
            await client.start(home.app.token if fault == "intents" else "nonsense")
