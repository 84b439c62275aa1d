"""Threads that are closed, and channels whose chat stands beside something else."""

import pytest

from sandbox.discord import NotPossible, Permission
from tests.sandbox.discord.clients import Rest
from tests.sandbox.discord.conftest import Connect, Home


async def test_a_message_opens_an_archived_thread_and_everybody_hears_of_it(
    home: Home, rest: Rest, connect: Connect
) -> None:
    thread = await home.bob.start_thread(home.general, "aside")
    await home.bob.close_thread(thread)
    async with connect() as socket:
        await socket.ready(home.app.token)
        assert (await socket.event("GUILD_CREATE"))["threads"] == []
        await home.alice.say(thread, "one more thing")
        opened = await socket.event("THREAD_UPDATE")
        assert (opened["id"], opened["thread_metadata"]["archived"]) == (str(thread.id), False)
        await socket.event("MESSAGE_CREATE")
        await home.alice.close_thread(thread)
        assert (await socket.event("THREAD_UPDATE"))["thread_metadata"]["archived"] is True
        assert (await rest("POST", f"/channels/{thread.id}/messages", {"content": "and this"})).status == 200
        assert (await socket.event("THREAD_UPDATE"))["thread_metadata"]["archived"] is False


async def test_a_locked_thread_is_for_those_who_manage_threads(home: Home, rest: Rest) -> None:
    thread = await home.bob.start_thread(home.general, "aside")
    with pytest.raises(NotPossible):
        await home.bob.close_thread(thread, locked=True)
    own = await rest("POST", f"/channels/{thread.id}/messages", {"content": "before"})
    await home.alice.close_thread(thread, locked=True)
    edited = await rest("PATCH", f"/channels/{thread.id}/messages/{own.body['id']}", {"content": "after"})
    assert (edited.status, edited.code) == (400, 50083)
    with pytest.raises(NotPossible):
        await home.bob.say(thread, "may I?")
    await home.alice.say(thread, "I may")
    refused = await rest("POST", f"/channels/{thread.id}/messages", {"content": "hello"})
    assert (refused.status, refused.code) == (400, 50083)
    home.general.overwrite(home.app.bot, allow=Permission.MANAGE_THREADS)
    assert (await rest("POST", f"/channels/{thread.id}/messages", {"content": "hello"})).status == 200


async def test_voice_channels_and_stages_have_a_chat(home: Home, connect: Connect) -> None:
    async with connect() as socket:
        await socket.ready(home.app.token)
        for add in (home.guild.add_voice_channel, home.guild.add_stage_channel):
            place = add("lounge")
            assert (await socket.event("CHANNEL_CREATE"))["type"] == int(place.type)
            said = await home.alice.say(place, f"{home.app.bot.mention} hello")
            heard = await socket.event("MESSAGE_CREATE")
            assert (heard["id"], heard["channel_type"]) == (str(said.id), int(place.type))
