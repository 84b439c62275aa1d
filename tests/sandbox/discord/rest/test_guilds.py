"""Guilds over REST: lookups, the bot's nickname, threads and forum posts."""

import pytest

from sandbox.discord import ChannelType, Discord, NotPossible, Permission
from tests.sandbox.discord.clients import Rest
from tests.sandbox.discord.conftest import Connect, Home


async def test_lookups(rest: Rest, home: Home) -> None:
    path = f"/guilds/{home.guild.id}"
    assert (await rest("GET", f"{path}?with_counts=true")).body["approximate_member_count"] == 3
    assert [channel["name"] for channel in (await rest("GET", f"{path}/channels")).body] == ["general"]
    assert [role["name"] for role in (await rest("GET", f"{path}/roles")).body] == ["@everyone", "Switchboard"]
    assert (await rest("GET", f"{path}/members/{home.bob.id}")).body["user"]["username"] == "bob"
    assert (await rest("GET", f"/channels/{home.general.id}")).body["guild_id"] == str(home.guild.id)


async def test_what_is_not_there(rest: Rest, home: Home, discord: Discord) -> None:
    stranger = discord.create_user("carol")
    elsewhere = discord.create_guild("Elsewhere", stranger)
    assert (await rest("GET", "/guilds/5")).code == 10004
    assert (await rest("GET", f"/guilds/{elsewhere.id}")).code == 50001
    assert (await rest("GET", f"/guilds/{home.guild.id}/members/5")).code == 10013
    assert (await rest("GET", f"/guilds/{home.guild.id}/members/{stranger.id}")).code == 10007
    assert (await rest("GET", "/channels/abc")).code == 10003


async def test_every_kind_of_channel_is_one_that_discord_documents(rest: Rest, home: Home) -> None:
    category = home.guild.add_category("all")
    home.guild.add_voice_channel("lounge", category=category)
    home.guild.add_forum("help", topic="ask here", category=category)
    home.general.overwrite(home.bob, deny=Permission.SEND_MESSAGES)
    body = (await rest("GET", f"/guilds/{home.guild.id}/channels")).body
    assert [channel["type"] for channel in body] == [0, 4, 2, 15]
    assert body[0]["permission_overwrites"][0]["deny"] == str(1 << 11)


async def test_the_bots_nickname(rest: Rest, home: Home) -> None:
    path = f"/guilds/{home.guild.id}/members/@me"
    assert (await rest("PATCH", path, {"nick": "Eliza"})).body["nick"] == "Eliza"
    assert home.guild.member(home.app.bot).nick == "Eliza"
    assert (await rest("PATCH", path, {"nick": "n" * 33})).faults() == {"nick": ["BASE_TYPE_MAX_LENGTH"]}
    assert (await rest("PATCH", path, {"nick": None})).body["nick"] is None
    home.guild.member(home.app.bot).roles[0].set_permissions(Permission.VIEW_CHANNEL)
    home.guild.everyone.set_permissions(Permission.VIEW_CHANNEL)
    refused = await rest("PATCH", path, {"nick": "Eliza"})
    assert (refused.status, refused.code) == (403, 50013)
    assert home.guild.member(home.app.bot).nick is None


async def test_a_thread_from_a_message_has_its_id(rest: Rest, home: Home) -> None:
    question = await home.alice.say(home.general, "hello?")
    path = f"/channels/{home.general.id}/messages/{question.id}/threads"
    thread = await rest("POST", path, {"name": "aside"})
    assert (thread.status, thread.body["id"], thread.body["type"]) == (201, str(question.id), 11)
    assert (await rest("POST", path, {"name": "aside"})).code == 160004
    assert (await rest("POST", f"/channels/{thread.body['id']}/messages", {"content": "in it"})).status == 200
    again = await rest("GET", f"/channels/{home.general.id}/messages/{question.id}")
    assert again.body["thread"]["message_count"] == 1
    assert (await rest("POST", path, {})).faults() == {"name": ["BASE_TYPE_REQUIRED"]}


async def test_a_thread_of_its_own_and_a_forum_post(rest: Rest, home: Home) -> None:
    path = f"/channels/{home.general.id}/threads"
    thread = await rest("POST", path, {"name": "aside", "type": 11})
    assert thread.body["type"] == 11
    home.general.overwrite(home.app.bot, deny=Permission.CREATE_PRIVATE_THREADS)
    assert (await rest("POST", path, {"name": "aside"})).code == 50013
    forum = home.guild.add_forum("help")
    post = await rest("POST", f"/channels/{forum.id}/threads", {"name": "how?", "message": {"content": "like this"}})
    assert post.body["message"]["id"] == post.body["id"]
    active = (await rest("GET", f"/guilds/{home.guild.id}/threads/active")).body["threads"]
    assert [one["name"] for one in active] == ["aside", "how?"]
    voice = home.guild.add_voice_channel("lounge")
    assert (await rest("POST", f"/channels/{voice.id}/threads", {"name": "no"})).code == 50024


async def test_sending_in_threads_is_a_permission_of_its_own(rest: Rest, home: Home) -> None:
    thread = await home.alice.start_thread(home.general, "aside")
    assert (await rest("PUT", f"/channels/{thread.id}/thread-members/@me")).status == 204
    home.general.overwrite(home.app.bot, deny=Permission.SEND_MESSAGES_IN_THREADS)
    assert (await rest("POST", f"/channels/{thread.id}/messages", {"content": "a"})).code == 50013
    assert (await rest("POST", f"/channels/{home.general.id}/messages", {"content": "a"})).status == 200
    assert (await rest("DELETE", f"/channels/{thread.id}/thread-members/@me")).status == 204


async def test_private_threads_are_for_their_members(rest: Rest, home: Home) -> None:
    thread = await home.bob.start_thread(home.general, "hush", private=True)
    assert thread.type is ChannelType.PRIVATE_THREAD
    assert (await rest("GET", f"/channels/{thread.id}")).code == 50001
    assert thread.readable_by(home.alice)  # the owner of the guild
    assert not thread.readable_by(home.app.bot)


async def test_a_locked_thread(rest: Rest, home: Home) -> None:
    thread = await home.alice.start_thread(home.general, "aside")
    assert thread.thread is not None
    thread.thread.locked = True
    assert (await rest("POST", f"/channels/{thread.id}/messages", {"content": "a"})).code == 160005


async def test_channels_that_the_bot_may_not_view_are_not_listed(rest: Rest, home: Home) -> None:
    home.guild.add_text_channel("hidden").overwrite(home.guild.everyone, deny=Permission.VIEW_CHANNEL)
    listed = (await rest("GET", f"/guilds/{home.guild.id}/channels")).body
    assert [channel["name"] for channel in listed] == ["general"]


async def test_the_gateway_hides_what_a_channel_is_until_the_bot_may_view_it(home: Home, connect: Connect) -> None:
    hidden = home.guild.add_text_channel("secret plans", topic="hush", category=home.guild.add_category("Staff"))
    hidden.overwrite(home.guild.everyone, deny=Permission.VIEW_CHANNEL)
    role = home.guild.add_role("staff")
    hidden.overwrite(role, allow=Permission.VIEW_CHANNEL)
    async with connect() as socket:
        await socket.ready(home.app.token)
        channels = {channel["id"]: channel for channel in (await socket.event("GUILD_CREATE"))["channels"]}
        seen = channels[str(hidden.id)]
        assert (seen["name"], seen["topic"], seen["flags"]) == ("___hidden___", None, 1 << 17)
        assert [overwrite["deny"] for overwrite in seen["permission_overwrites"]] == [str(1 << 10)]
        assert channels[str(home.general.id)]["name"] == "general"
        home.guild.member(home.app.bot).set_roles([*home.guild.member(home.app.bot).roles, role])
        shown = await socket.event("CHANNEL_UPDATE")
        assert (shown["id"], shown["name"], shown["topic"], shown["flags"]) == (
            str(hidden.id),
            "secret plans",
            "hush",
            0,
        )
        hidden.overwrite(role)
        assert (await socket.event("CHANNEL_UPDATE"))["name"] == "___hidden___"


async def test_a_member_in_timeout_reads_and_does_nothing_else(
    rest: Rest, home: Home, discord: Discord, connect: Connect
) -> None:
    """Discord's reference, "Permissions for Timed Out Members"."""
    path = f"/channels/{home.general.id}/messages"
    await rest("PUT", f"/applications/{home.app.id}/commands", [{"name": "ask", "description": "a"}])
    home.general.overwrite(home.app.bot, allow=Permission.SEND_MESSAGES)
    async with connect() as socket:
        await socket.ready(home.app.token)
        home.guild.member(home.app.bot).time_out(60)
        assert (await socket.event("GUILD_MEMBER_UPDATE"))["communication_disabled_until"] is not None
        await home.alice.say(home.general, f"{home.app.bot.mention} hello?")
        await socket.event("MESSAGE_CREATE")
    assert (await rest("POST", path, {"content": "a"})).code == 50013
    assert len((await rest("GET", path)).body) == 1
    discord.advance(61)
    assert (await rest("POST", path, {"content": "a"})).status == 200
    home.guild.member(home.bob).time_out(60)
    with pytest.raises(NotPossible):
        await home.bob.say(home.general, "a")
    with pytest.raises(NotPossible):
        await home.bob.slash(home.general, "ask", wait=False)
    with pytest.raises(ValueError, match="alice"):
        home.guild.member(home.alice).time_out(60)


async def test_people_open_threads_only_where_they_may(home: Home) -> None:
    home.general.overwrite(home.bob, deny=Permission.CREATE_PUBLIC_THREADS)
    with pytest.raises(NotPossible):
        await home.bob.start_thread(home.general, "aside")
    forum = home.guild.add_forum("help")
    thread, first = await home.bob.post(forum, "how?", "like this")
    assert (thread.parent, first.id) == (forum, thread.id)
