"""Many servers, spread over the shards of the bot."""

from itertools import count, cycle

from sandbox.discord import Channel, Person
from sandbox.environment import Environment


class Servers:
    """So many servers with one channel each, spread evenly over the bot's `shard_count` shards."""

    def __init__(self, env: Environment, servers: int, shard_count: int) -> None:
        self.shard_count = shard_count
        self._env = env
        self._numbers = count(1)
        self._owner = env.discord.create_user("founder")
        self._by_shard: dict[int, list[Channel]] = {shard: [] for shard in range(shard_count)}
        for number in range(servers):
            shard = number % shard_count
            guild = env.discord.create_guild(f"Server {number}", self._owner, shard=(shard, shard_count))
            guild.add_bot(env.app)
            self._by_shard[shard].append(guild.add_text_channel("general"))
        self._next = {shard: cycle(channels) for shard, channels in self._by_shard.items()}

    def place(self, shard: int) -> tuple[Person, Channel]:
        """Give a new person and a new channel of theirs alone, in a server of this shard."""
        number, near = next(self._numbers), next(self._next[shard])
        assert near.guild is not None
        person = self._env.discord.create_user(f"person-{number}")
        near.guild.add_member(person)
        return person, near.guild.add_text_channel(f"place-{number}")
