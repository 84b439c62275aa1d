"""Many kill scenarios at once: opens them, kills the bot, and checks what its next start made of them."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from sandbox.discord import Channel
from sandbox.environment import Environment
from tests.process.kill_scenarios import Scenario

RESTART_SECONDS = 20.0
"""How soon after a start everything has to be true."""


class ProcessHarness:
    """Opens scenarios: in a channel, in a direct message, and by a person's own installation."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.scenarios: list[Scenario] = []
        env.app.install_for(env.bob)
        self._abroad = env.discord.create_guild("Abroad", env.bob)

    def channel(self, *, slash: bool) -> Scenario:
        """Open a scene in a channel."""
        return self._scenario(lambda word: self.env.guild.add_text_channel(word), slash=slash)

    def direct(self) -> Scenario:
        """Open a scene in somebody's direct messages."""
        person = self.env.discord.create_user(f"person-{len(self.scenarios)}")
        self.env.guild.add_member(person)
        scenario = self._scenario(lambda _: person.dm(self.env.app), slash=False)
        scenario.asker = person
        return scenario

    def user_install(self) -> Scenario:
        """Open a scene where the bot is a guest of bob's."""
        scenario = self._scenario(lambda word: self._abroad.add_text_channel(word), slash=True)
        scenario.asker = self.env.bob
        return scenario

    async def kill(self) -> None:
        """Kill the bot, and note what could be read at that moment."""
        assert self.env.bot is not None
        assert await self.env.bot.kill() == -9
        self.env.discord.holds.forget()
        for scenario in self.scenarios:
            scenario.is_cut_off()

    async def is_truthful(self, scenarios: list[Scenario] | None = None) -> None:
        """Wait until all scenes, or some, are as they should be."""
        waited_for = self.scenarios if scenarios is None else scenarios
        try:
            await self.env.discord.wait_for(lambda: all(each.is_truthful for each in waited_for), RESTART_SECONDS)
        except TimeoutError:
            wrong = [(each.word, each.text, each.shows, each.buttons) for each in waited_for if not each.is_truthful]
            raise AssertionError(wrong) from None

    def _scenario(self, open_place: Callable[[str], Channel], *, slash: bool) -> Scenario:
        word = f"scene{len(self.scenarios)}x"
        scenario = Scenario(self.env, word, open_place(word), self.env.alice, slash)
        self.scenarios.append(scenario)
        return scenario


@contextmanager
def database(env: Environment) -> Iterator[sqlite3.Connection]:
    """Open the bot's database."""
    with closing(sqlite3.connect(env.folder / "switchboard.db", isolation_level=None)) as connection:
        yield connection


def stored_turns(env: Environment) -> list[tuple[str, str]]:
    """Return the questions and answers of the history."""
    with database(env) as connection:
        return sorted(connection.execute("SELECT question, answer FROM turns WHERE hidden = 0"))


def unfinished(env: Environment) -> int:
    """Return how many runs the journal has that are not done."""
    with database(env) as connection:
        (count,) = connection.execute("SELECT count(*) FROM runs WHERE state <> 'done'").fetchone()
    return int(count)


async def saved(env: Environment, answers: int) -> None:
    """Wait until the journal has so many answers under way: nothing that is shown waits for that."""
    async with asyncio.timeout(60):
        while unfinished(env) < answers:
            await asyncio.sleep(0.01)


async def settled(env: Environment) -> None:
    """Wait until the database has what Discord shows: that is stored a moment later."""
    assert env.bot is not None
    await env.bot.printed("are dealt with", RESTART_SECONDS)
    assert unfinished(env) == 0
