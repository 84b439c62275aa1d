"""What a bot without the message content intent gets to read."""

from typing import Any

from sandbox.discord import Discord
from tests.sandbox.discord.clients import DEFAULT_INTENTS, Rest, Socket
from tests.sandbox.discord.conftest import Connect, Home

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
