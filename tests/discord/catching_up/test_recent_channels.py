"""Which channels are read: those with a young message, in which the bot may read and answer."""

import asyncio

import discord
import pytest

from bot.discord.catching_up import recent_channels as module
from bot.discord.catching_up.recent_channels import recent_channels
from sandbox.discord import Channel
from sandbox.discord.model.permissions import Permission
from tests.discord.catching_up.conftest import World


async def names(world: World, since: int = 1, limit: int = 100) -> list[str]:
    """Return the names of the channels to be read."""
    world.arrive()
    return [channel.name for channel in await recent_channels(world.guilds, since, limit)]


async def test_those_with_the_newest_messages_come_first(world: World) -> None:
    channels = [world.guild.add_text_channel(f"channel-{number}") for number in range(4)]
    old, *_ = [await world.alice.say(channel, "talk") for channel in channels]
    await world.alice.say(channels[1], "more")
    assert await names(world) == ["channel-1", "channel-3", "channel-2", "channel-0"]
    assert await names(world, since=old.id + 1) == ["channel-1", "channel-3", "channel-2"]
    assert await names(world, limit=2) == ["channel-1", "channel-3"]


async def test_every_kind_of_place_with_messages_is_one(world: World) -> None:
    forum = world.guild.add_forum("forum")
    world.guild.add_category("category")
    await world.alice.post(forum, "post", "talk")
    for channel in (world.guild.add_voice_channel("voice"), world.guild.add_stage_channel("stage")):
        await world.alice.say(channel, "talk")
    await world.alice.say(await world.alice.start_thread(world.general, "thread"), "talk")
    assert sorted(await names(world)) == ["general", "post", "stage", "thread", "voice"]


@pytest.mark.parametrize(
    ("kind", "denied"),
    [
        ("text", Permission.VIEW_CHANNEL),
        ("text", Permission.READ_MESSAGE_HISTORY),
        ("text", Permission.SEND_MESSAGES),
        ("voice", Permission.CONNECT),
        ("voice", Permission.SEND_MESSAGES),
        ("thread", Permission.SEND_MESSAGES_IN_THREADS),
        ("thread", Permission.READ_MESSAGE_HISTORY),
    ],
)
async def test_where_the_bot_may_not_read_or_answer_it_does_not_look(
    world: World, kind: str, denied: Permission
) -> None:
    for name in ("forbidden", "allowed"):
        owner = world.guild.add_voice_channel(name) if kind == "voice" else world.guild.add_text_channel(name)
        channel = owner if kind != "thread" else await world.alice.start_thread(owner, name)
        await world.alice.say(channel, "talk")
        if name == "forbidden":
            owner.overwrite(world.app.bot, deny=denied)
    assert "forbidden" not in await threads_or_all(world, kind)
    assert "allowed" in await threads_or_all(world, kind)


async def threads_or_all(world: World, kind: str) -> list[str]:
    """Return the names of the channels of one kind to be read."""
    world.arrive()
    found = await recent_channels(world.guilds, 1, 100)
    return [each.name for each in found if isinstance(each, discord.Thread) == (kind == "thread")]


async def test_a_locked_thread_is_none(world: World) -> None:
    thread = await world.alice.start_thread(world.general, "thread")
    await world.alice.say(thread, "talk")
    assert "thread" in await names(world)
    assert thread.thread is not None
    thread.thread.locked = True
    assert "thread" not in await names(world)


async def test_a_hundred_thousand_channels_are_looked_at_in_many_steps(world: World) -> None:
    channels: list[Channel] = [world.guild.add_text_channel(f"channel-{number}") for number in range(50)]
    for channel in channels:
        await world.alice.say(channel, "talk")
    world.arrive()
    steps = 0

    async def count() -> None:
        nonlocal steps
        while True:
            await asyncio.sleep(0)
            steps += 1

    counting = asyncio.create_task(count())
    assert len(await recent_channels(world.guilds * 2_000, 0, 100)) == 100
    counting.cancel()
    assert steps >= 100_000 // module._LOOKED_AT_ONCE
