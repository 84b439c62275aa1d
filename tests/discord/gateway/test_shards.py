"""Several shards in one process: each has a session of its own, and discord.py finds them all."""

import asyncio
from itertools import pairwise

import discord as library
import pytest

from sandbox.discord import Channel
from sandbox.discord.gateway import breaks
from sandbox.discord.gateway.client import Client
from tests.discord.gateway.conftest import SHARDS, GatewayHarness


async def test_each_shard_hears_its_own_servers(harness: GatewayHarness, channels: list[Channel]) -> None:
    async with harness.running(shards=SHARDS):
        await harness.discord.bot_ready(harness.app, readies=SHARDS)
        await harness.client.wait_until_ready()
        for number, channel in enumerate(channels):
            harness.general = channel
            await harness.hears(f"are you there, {number}?")
        assert sorted(session.shard for session in harness.discord.gateway.connected()) == [
            (number, SHARDS) for number in range(SHARDS)
        ]
        tries = harness.discord.gateway.attempts
        assert len(tries.identifies) == SHARDS
        assert all(later - sooner >= 5 for sooner, later in pairwise(tries.dials))


async def test_discord_py_finds_each_shard(harness: GatewayHarness, channels: list[Channel]) -> None:
    async with harness.running(shards=SHARDS):
        client = harness.client
        assert client.shards == {}
        await harness.discord.bot_ready(harness.app, readies=SHARDS)
        await client.wait_until_ready()
        assert [client.shards[number].id for number in range(SHARDS)] == [0, 1, 2]
        assert not any(shard.is_closed() or shard.is_ws_ratelimited() for shard in client.shards.values())
        assert [number for number, _ in sorted(client.latencies)] == [0, 1, 2]
        assert {guild.shard_id for guild in client.guilds} == {0, 1, 2}
        await client.change_presence(status=library.Status.idle)
        sessions = harness.discord.gateway.connected()
        await harness.discord.wait_for(lambda: all((each.presence or {}).get("status") == "idle" for each in sessions))
        guild = client.get_guild(channels[1].guild.id if channels[1].guild else 0)
        assert guild is not None
        assert await guild.query_members(user_ids=[harness.alice.id])
        await client.close()
        await asyncio.wait_for(harness.task, 10)
        await harness.discord.wait_for(lambda: not harness.discord.gateway.connections)
        assert not len(harness.discord.gateway.sessions), "Discord ends them as the bot leaves"


async def test_one_shard_reconnects_while_the_others_stay(harness: GatewayHarness, channels: list[Channel]) -> None:
    discord = harness.discord
    async with harness.running(shards=SHARDS):
        await discord.bot_ready(harness.app, readies=SHARDS)
        await harness.client.wait_until_ready()
        for how in ("disconnect", "reconnect", "connect"):
            shard = harness.client.get_shard(1)
            assert shard is not None
            before = harness.app.readies
            await getattr(shard, how)()
            if how != "connect":
                await discord.bot_ready(harness.app, readies=before + 1)
        for number, channel in enumerate(channels):
            harness.general = channel
            await harness.hears(f"still there, {number}?")
        assert len(discord.gateway.connected()) == SHARDS
        assert len(discord.gateway.attempts.identifies) == SHARDS + 2


async def test_a_shard_that_discord_refuses_ends_all(harness: GatewayHarness, channels: list[Channel]) -> None:
    def refuse_the_third(client: Client) -> None:
        client.close(4011)

    async with harness.running(shards=SHARDS):
        await harness.discord.bot_ready(harness.app, readies=1)
        harness.discord.gateway.breaks.identify = refuse_the_third
        with pytest.raises(library.ConnectionClosed):
            await asyncio.wait_for(asyncio.shield(harness.task), 10)


async def test_shards_share_one_budget(harness: GatewayHarness, channels: list[Channel]) -> None:
    harness.discord.gateway.breaks.identify = breaks.invalidate(resumable=False)
    async with harness.running(shards=SHARDS):
        await harness.hours(1)
        tries = harness.discord.gateway.attempts
        assert 40 <= len(tries.identifies) <= 40 + SHARDS


async def test_a_server_that_was_left_meanwhile_is_forgotten(harness: GatewayHarness, channels: list[Channel]) -> None:
    discord = harness.discord
    async with harness.running(shards=SHARDS):
        await discord.bot_ready(harness.app, readies=SHARDS)
        await harness.client.wait_until_ready()
        harness.hold()
        discord.invalidate_sessions()
        await harness.held()
        assert channels[1].guild is not None
        channels[1].guild.remove(harness.app.bot)
        harness.go_on()
        await discord.bot_ready(harness.app, readies=2 * SHARDS)
        harness.general = channels[2]
        await harness.hears("which are left?")
        assert {guild.shard_id for guild in harness.client.guilds} == {0, 2}
