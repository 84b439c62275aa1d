"""What a bot without the message content intent gets to read."""

from typing import Any

import pytest

from sandbox.discord import Discord, NotPossible, Poll
from tests.sandbox.discord.clients import DEFAULT_INTENTS, Rest, Socket
from tests.sandbox.discord.conftest import Connect, Home
from tests.sandbox.discord.people.test_people import COMMANDS

CONTENT = 1 << 15


async def heard(socket: Socket) -> dict[str, Any]:
    return dict(await socket.event("MESSAGE_CREATE"))


async def test_only_what_concerns_the_bot(connect: Connect, home: Home, rest: Rest) -> None:
    async with connect() as socket:
        await socket.identify(home.app.token)
        await socket.event("READY")
        plain = await home.alice.say(home.general, "not for you", attachments=[("a.txt", b"a")])
        created = await heard(socket)
        assert (created["content"], created["attachments"], created["embeds"]) == ("", [], [])
        await home.alice.say(home.general, f"{home.app.bot.mention} for you", attachments=[("a.txt", b"a")])
        created = await heard(socket)
        assert created["content"].endswith("for you")
        assert len(created["attachments"]) == 1
        await rest("POST", f"/channels/{home.general.id}/messages", {"content": "own"})
        assert (await heard(socket))["content"] == "own"
        await home.alice.say(home.alice.dm(home.app), "in private")
        assert (await heard(socket))["content"] == "in private"
        answer = f"{home.app.bot.mention} what is that?"
        await home.bob.say(home.general, answer, reply_to=plain)
        created = await heard(socket)
        assert created["content"] == answer
        assert created["referenced_message"]["content"] == ""
    shown = await rest("GET", f"/channels/{home.general.id}/messages/{plain.id}")
    assert shown.body["content"] == ""


async def test_a_reply_to_the_bot_counts_when_it_pings(connect: Connect, home: Home, rest: Rest) -> None:
    sent = await rest("POST", f"/channels/{home.general.id}/messages", {"content": "own"})
    own = home.general.messages[int(sent.body["id"])]
    async with connect() as socket:
        await socket.identify(home.app.token)
        await socket.event("READY")
        await home.alice.say(home.general, "and you?", reply_to=own, ping=False)
        created = await heard(socket)
        assert (created["content"], created["referenced_message"]["content"]) == ("", "own")
        await home.alice.say(home.general, "and you?", reply_to=own)
        created = await heard(socket)
        assert (created["content"], [user["username"] for user in created["mentions"]]) == ("and you?", ["Switchboard"])


async def test_everything_with_the_intent_switched_on_and_asked_for(connect: Connect, discord: Discord) -> None:
    app = discord.create_application("Listener", message_content=True)
    app.session_starts.interval = 0
    alice = discord.create_user("alice")
    guild = discord.create_guild("Home", alice)
    guild.add_bot(app)
    general = guild.add_text_channel("general")
    for intents, content in ((DEFAULT_INTENTS | CONTENT, "for all"), (DEFAULT_INTENTS, "")):
        async with connect() as socket:
            await socket.identify(app.token, intents)
            await socket.event("READY")
            await alice.say(general, "for all")
            assert (await heard(socket))["content"] == content


async def test_a_deleted_message_is_referred_to_as_gone(connect: Connect, home: Home) -> None:
    question = await home.alice.say(home.general, "hello?")
    async with connect() as socket:
        await socket.identify(home.app.token)
        await socket.event("READY")
        reply = await home.bob.say(home.general, "yes", reply_to=question)
        await home.alice.delete(question)
        await home.bob.edit(reply, "no")
        assert (await socket.event("MESSAGE_UPDATE"))["referenced_message"] is None


async def test_a_mention_of_the_bots_role_shows_that_it_was_mentioned_and_not_the_text(
    connect: Connect, home: Home
) -> None:
    (role,) = home.guild.member(home.app.bot).roles
    async with connect() as socket:
        await socket.identify(home.app.token)
        sent = await socket.event("GUILD_CREATE")
        (described,) = [each for each in sent["roles"] if each["id"] == str(role.id)]
        assert (described["managed"], described["tags"]) == (True, {"bot_id": str(home.app.bot.id)})
        await home.alice.say(home.general, f"{role.mention} hello?")
        created = await heard(socket)
        assert (created["content"], created["mention_roles"], created["mentions"]) == ("", [str(role.id)], [])
        await home.bob.say(home.general, f"{role.mention} hello?")  # he may not ping it
        assert (await heard(socket))["mention_roles"] == []


async def test_forwards_polls_and_stickers_are_hidden_as_texts_are(connect: Connect, home: Home) -> None:
    chat = home.alice.dm(home.app)
    said = await home.alice.say(
        home.general, f"see {home.bob.mention}", attachments=[("a.txt", b"a")], stickers=["Wave"]
    )
    async with connect() as socket:
        await socket.identify(home.app.token)
        await socket.event("READY")
        forwarded = await home.alice.forward(said, chat)
        created = await heard(socket)
        (snapshot,) = [each["message"] for each in created["message_snapshots"]]
        assert (created["content"], created["mentions"], created["flags"]) == ("", [], 1 << 14)
        assert created["message_reference"] == {
            "type": 1,
            "guild_id": str(home.guild.id),
            "channel_id": str(home.general.id),
            "message_id": str(said.id),
        }
        assert "referenced_message" not in created
        assert (snapshot["content"], len(snapshot["attachments"])) == (f"see {home.bob.mention}", 1)
        assert [user["username"] for user in snapshot["mentions"]] == ["bob"]
        assert [sticker["name"] for sticker in snapshot["sticker_items"]] == ["Wave"]
        assert "author" not in snapshot
        await home.alice.edit(said, "something else")
        assert forwarded.extras.snapshot is not None
        assert forwarded.extras.snapshot.shown.content == f"see {home.bob.mention}"
        await home.alice.forward(said, home.general)
        (snapshot,) = [each["message"] for each in (await heard(socket))["message_snapshots"]]
        assert (snapshot["content"], snapshot["attachments"]) == ("", [])
        for place, is_shown in ((home.general, False), (chat, True)):
            await home.alice.say(place, poll=Poll("Red?", ("Yes", "No")), stickers=["Wave"])
            created = await heard(socket)
            assert ("poll" in created) == is_shown
            assert created["sticker_items"][0]["name"] == "Wave"
        assert [answer["poll_media"]["text"] for answer in created["poll"]["answers"]] == ["Yes", "No"]


async def test_a_pin_is_told_by_a_system_message_and_edits_nothing(connect: Connect, home: Home) -> None:
    said = await home.alice.say(home.general, "hello")
    async with connect() as socket:
        await socket.identify(home.app.token)
        await socket.event("READY")
        with pytest.raises(NotPossible):
            await home.bob.pin(said)
        await home.alice.pin(said)
        assert (await socket.event("MESSAGE_UPDATE"))["edited_timestamp"] is None
        created = await heard(socket)
        assert (created["type"], created["message_reference"]["message_id"]) == (6, str(said.id))


async def test_whom_a_commands_text_mentions_is_resolved(connect: Connect, home: Home, rest: Rest) -> None:
    role = home.guild.add_role("mods")
    await rest("PUT", f"/applications/{home.app.id}/commands", COMMANDS)
    async with connect() as socket:
        await socket.identify(home.app.token)
        await socket.event("READY")
        text = f"is {home.bob.mention} one of {role.mention} in {home.general.mention} or <@{10**17}>?"
        await home.alice.slash(home.general, "chatbase ask", question=text, wait=False)
        resolved = (await socket.event("INTERACTION_CREATE"))["data"]["resolved"]
    (channel,) = resolved["channels"].values()
    assert channel["app_permissions"] == str(int(home.general.permissions_of(home.app.bot)))
    named = {kind: list(things) for kind, things in resolved.items()}
    assert named == {
        "users": [str(home.bob.id)],
        "members": [str(home.bob.id)],
        "roles": [str(role.id)],
        "channels": [str(home.general.id)],
    }
