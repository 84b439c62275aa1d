"""Privacy in simcord's Discord: erasing after a press, also after a restart, and all of a server when it is left."""

import json

from bot.domain.conversation_key import ConversationKey
from bot.store.open import open_store
from tests.simcord.world import World, switchboard

QUESTION = "my cat is called Mog"


async def test_what_is_kept_is_handed_over_and_erased_after_a_press(world: World) -> None:
    await world.ask(world.alice, QUESTION)
    await world.ask(world.bob, "so is mine")
    assert QUESTION in await exported(world)
    asked = await world.use(world.alice, "privacy forget")
    assert asked.ephemeral
    await world.restart()
    await world.alice.click(asked, label="Erase")
    assert QUESTION not in await exported(world)
    await world.ask(world.bob, "what is its name?")
    sent = world.history_sent()[-1]
    assert QUESTION not in sent
    assert "so is mine" in sent


async def test_who_opted_out_is_not_answered_nor_quoted_and_still_has_commands(world: World) -> None:
    said = await world.alice.send(world.general, f"{world.me.mention} {QUESTION}")
    told = await world.use(world.alice, "privacy opt-out")
    assert told.ephemeral
    await world.restart()
    await world.hold_ignored(world.alice)
    await world.bob.send(world.general, f"{world.me.mention} is it?", reply_to=said)
    assert QUESTION not in json.dumps(world.history_sent()[-1])
    assert "is it?" in json.dumps(world.history_sent()[-1])
    assert QUESTION in await exported(world)


async def test_a_server_that_the_bot_leaves_is_erased(world: World) -> None:
    await world.ask(world.alice, QUESTION)
    await world.alice.user.send_dm("and privately")
    guild = switchboard(world.env).get_guild(world.guild.id)
    assert guild is not None
    await guild.leave()
    await world.env.settle()
    async with open_store(world.environment["DATABASE_URL"]) as store:
        assert (
            await store.conversations.conversation("chatbase", ConversationKey(world.general.id), most=5)
        ).turns == ()
        assert (
            await store.conversations.conversation("chatbase", ConversationKey(world.alice.user.dm_channel.id), most=5)
        ).turns != ()


async def exported(world: World) -> str:
    """Return the texts of everything that Alice is handed over."""
    told = await world.use(world.alice, "privacy export")
    assert told.ephemeral
    (file,) = told.attachments
    return json.dumps(json.loads(await file.read()), ensure_ascii=False)
