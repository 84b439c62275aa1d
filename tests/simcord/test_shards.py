"""Several shards in simcord's Discord, which sends each server's events over its own shard too."""

import pytest

from tests.simcord.world import World, switchboard


@pytest.mark.environment(SHARD_COUNT="3")
async def test_servers_of_each_shard_and_direct_messages_are_answered(world: World) -> None:
    world.apis.chatbase.answers("Here.")
    for number in range(3):
        guild = world.env.create_guild(f"Of {number}", shard_id=number)
        channel, person = guild.create_text_channel("talk"), guild.add_member(world.env.create_user(f"person-{number}"))
        assert (await world.ask(person, "where are you?", channel)).content == "Here."
        known = switchboard(world.env).get_guild(guild.id)
        assert known is not None
        assert known.shard_id == number
    await world.alice.user.send_dm("and here?")
    assert world.alice.user.dm_channel.history()[-1].content == "Here."
    assert [shard for shard, _ in switchboard(world.env).latencies] == [0, 1, 2]
