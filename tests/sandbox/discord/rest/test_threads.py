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
    refused = await rest("POST", f"/channels/{thread.id}/messages", {"content": "hello"})
    assert (refused.status, refused.code) == (400, 50083)
    await home.alice.say(thread, "I may")
    refused = await rest("POST", f"/channels/{thread.id}/messages", {"content": "hello"})
    assert (refused.status, refused.code) == (403, 160005)
    home.general.overwrite(home.app.bot, allow=Permission.MANAGE_THREADS)
    assert (await rest("POST", f"/channels/{thread.id}/messages", {"content": "hello"})).status == 200


async def test_announcement_channels_have_threads_of_their_own_kind_and_none_that_are_private(
    home: Home, rest: Rest
) -> None:
    news = home.guild.add_announcement_channel("news")
    own = (await rest("POST", f"/channels/{news.id}/messages", {"content": "hear"})).body["id"]
    home.guild.everyone.set_permissions(home.guild.everyone.permissions | Permission.CREATE_PUBLIC_THREADS)
    started = await rest("POST", f"/channels/{news.id}/messages/{own}/threads", {"name": "hear"})
    assert (started.status, started.body["type"], started.body["id"]) == (201, 10, own)
    assert (await rest("POST", f"/channels/{news.id}/threads", {"name": "aside", "type": 10})).body["type"] == 10
    refused = await rest("POST", f"/channels/{news.id}/threads", {"name": "hush", "type": 12})
    assert (refused.status, refused.code) == (400, 50024)
    with pytest.raises(NotPossible):
        await home.bob.start_thread(news, "hush", private=True)


async def test_nothing_is_written_or_edited_in_a_locked_thread_that_is_open(home: Home, rest: Rest) -> None:
    thread = await home.bob.start_thread(home.general, "aside")
    path = f"/channels/{thread.id}/messages"
    own = (await rest("POST", path, {"content": "before"})).body["id"]
    said = await home.bob.say(thread, "my own")
    with pytest.raises(NotPossible):
        await home.bob.lock_thread(thread)
    await home.alice.lock_thread(thread)
    for refused in (
        await rest("POST", path, {"content": "new"}),
        await rest("PATCH", f"{path}/{own}", {"content": "after"}),
    ):
        assert (refused.status, refused.code) == (403, 160005)
    with pytest.raises(NotPossible):
        await home.bob.edit(said, "other")
    assert (await rest("DELETE", f"{path}/{own}")).status == 204
    await home.alice.edit(await home.alice.say(thread, "one"), "two")
    home.general.overwrite(home.app.bot, allow=Permission.MANAGE_THREADS)
    own = (await rest("POST", path, {"content": "before"})).body["id"]
    assert (await rest("PATCH", f"{path}/{own}", {"content": "after"})).status == 200


async def test_in_an_archived_thread_messages_are_deleted_and_nothing_else(home: Home, rest: Rest) -> None:
    home.general.overwrite(home.app.bot, allow=Permission.MANAGE_THREADS)
    thread = await home.bob.start_thread(home.general, "aside")
    assert thread.thread is not None
    path = f"/channels/{thread.id}/messages"
    first, second = [(await rest("POST", path, {"content": text})).body["id"] for text in ("one", "two")]
    said = await home.bob.say(thread, "my own")
    opened = thread.thread.archived_at
    thread.state.clock.advance(60)
    await home.alice.close_thread(thread)
    assert (await rest("PATCH", f"{path}/{first}", {"content": "after"})).code == 50083
    assert (await rest("PUT", f"/channels/{thread.id}/thread-members/@me")).code == 50083
    with pytest.raises(NotPossible):
        await home.bob.edit(said, "other")
    assert (await rest("DELETE", f"{path}/{first}")).status == 204
    shown = (await rest("GET", f"/channels/{thread.id}")).body
    assert (shown["message_count"], shown["total_message_sent"], shown["member"]["user_id"]) == (2, 3, str(home.app.id))
    assert shown["thread_metadata"]["archive_timestamp"] > opened
    assert (await rest("GET", f"/guilds/{home.guild.id}/threads/active")).body["threads"] == []
    home.general.overwrite(home.app.bot)
    await home.alice.close_thread(thread, locked=True)
    assert (await rest("DELETE", f"{path}/{second}")).code == 50083


async def test_an_answer_that_all_may_see_is_refused_in_a_locked_thread(home: Home, rest: Rest) -> None:
    await rest("PUT", f"/applications/{home.app.id}/commands", [{"name": "ask", "description": "a"}])
    thread = await home.bob.start_thread(home.general, "aside")
    late, early = [await home.alice.slash(thread, "ask", wait=False) for _ in range(2)]
    assert (await rest.answer(early, 5)).status == 204
    await home.alice.lock_thread(thread)
    assert (await rest("PATCH", rest.webhook(early, "/messages/@original"), {"content": "late"})).code == 160005
    assert (await rest("POST", rest.webhook(early), {"content": "more", "flags": 64})).code == 160005
    assert (await rest.answer(late, 4, content="open")).code == 160005
    assert (await rest.answer(late, 4, content="only you", flags=64)).status == 204


async def test_an_interaction_takes_a_thread_out_of_the_archive(home: Home, rest: Rest) -> None:
    await rest("PUT", f"/applications/{home.app.id}/commands", [{"name": "ask", "description": "a"}])
    thread = await home.bob.start_thread(home.general, "aside")
    assert thread.thread is not None
    await home.bob.close_thread(thread)
    asked = await home.alice.slash(thread, "ask", wait=False)
    assert not thread.thread.archived
    assert (await rest.answer(asked, 4, content="here")).status == 204


async def test_who_may_edit_a_thread(home: Home, rest: Rest) -> None:
    """Discord's reference, "Editing & Deleting Threads"."""
    own = (await rest("POST", f"/channels/{home.general.id}/threads", {"name": "mine", "type": 11})).body
    thread = await home.bob.start_thread(home.general, "aside")
    path, other = f"/channels/{own['id']}", f"/channels/{thread.id}"
    assert (await rest("PATCH", path, {"name": "renamed", "auto_archive_duration": 60})).body["name"] == "renamed"
    for body in ({"locked": True}, {"rate_limit_per_user": 5}):
        assert (await rest("PATCH", path, body)).code == 50013
    assert (await rest("PATCH", other, {"name": "taken over"})).code == 50013
    await home.bob.close_thread(thread)
    assert (await rest("PATCH", other, {"archived": False})).code == 50013
    home.general.overwrite(home.app.bot, allow=Permission.MANAGE_THREADS)
    assert (await rest("PATCH", other, {"locked": True})).code == 50083
    assert (await rest("PATCH", other, {"archived": True, "name": "a"})).code == 50083
    opened = (await rest("PATCH", other, {"archived": False, "rate_limit_per_user": 5})).body
    assert (opened["thread_metadata"]["archived"], opened["rate_limit_per_user"]) == (False, 5)


async def test_a_member_takes_a_thread_out_of_the_archive_unless_it_is_locked(home: Home, rest: Rest) -> None:
    thread = await home.bob.start_thread(home.general, "aside")
    path = f"/channels/{thread.id}"
    await rest("PUT", f"{path}/thread-members/@me")
    await home.bob.close_thread(thread)
    assert (await rest("PATCH", path, {"archived": False})).status == 200
    await home.alice.close_thread(thread, locked=True)
    assert (await rest("PATCH", path, {"archived": False})).code == 50013


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"auto_archive_duration": 61}, {"auto_archive_duration": ["BASE_TYPE_CHOICES"]}),
        ({"rate_limit_per_user": 21601}, {"rate_limit_per_user": ["NUMBER_TYPE_MAX"]}),
        ({"archived": "yes"}, {"archived": ["BOOLEAN_TYPE_CONVERT"]}),
        ({"name": "a" * 101}, {"name": ["BASE_TYPE_MAX_LENGTH"]}),
    ],
)
async def test_settings_of_a_thread_that_are_refused(
    home: Home, rest: Rest, body: dict[str, object], faults: dict[str, list[str]]
) -> None:
    thread = await home.bob.start_thread(home.general, "aside")
    assert (await rest("PATCH", f"/channels/{thread.id}", body)).faults() == faults


async def test_the_chat_of_a_voice_channel_is_for_those_who_may_connect(
    home: Home, rest: Rest, connect: Connect
) -> None:
    lounge = home.guild.add_voice_channel("lounge")
    said = await home.alice.say(lounge, "before")
    path = f"/channels/{lounge.id}/messages"
    lounge.overwrite(home.guild.everyone, deny=Permission.CONNECT, allow=Permission.MANAGE_CHANNELS)
    async with connect() as socket:
        await socket.ready(home.app.token)
        await home.alice.say(lounge, f"{home.app.bot.mention} do you hear me?")
        await home.alice.say(home.general, "and here?")
        assert (await socket.event("MESSAGE_CREATE"))["channel_id"] == str(home.general.id)
    for method, address, body in (
        ("GET", path, None),
        ("GET", f"{path}/{said.id}", None),
        ("POST", path, {"content": "hello"}),
        ("POST", f"/channels/{lounge.id}/typing", None),
    ):
        assert (await rest(method, address, body)).code == 50001, (method, address)
    with pytest.raises(NotPossible):
        await home.bob.say(lounge, "hello?")
    assert lounge.visible_to(home.bob) == []
    assert Permission.MANAGE_CHANNELS not in lounge.permissions_of(home.bob)
    assert (await rest("GET", f"/channels/{lounge.id}")).status == 200
    lounge.overwrite(home.app.bot, allow=Permission.CONNECT)
    assert len((await rest("GET", path)).body) == 2


async def test_voice_channels_and_stages_have_a_chat(home: Home, connect: Connect) -> None:
    async with connect() as socket:
        await socket.ready(home.app.token)
        for add in (home.guild.add_voice_channel, home.guild.add_stage_channel):
            place = add("lounge")
            assert (await socket.event("CHANNEL_CREATE"))["type"] == int(place.type)
            said = await home.alice.say(place, f"{home.app.bot.mention} hello")
            heard = await socket.event("MESSAGE_CREATE")
            assert (heard["id"], heard["channel_type"]) == (str(said.id), int(place.type))
