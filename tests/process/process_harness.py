"""A stage for many scenes at once: opens them, kills the bot, and looks at what its next start made of them."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from sandbox.discord import Channel
from sandbox.environment import Stage
from tests.process.kill_scenarios import Scenario

RESTART_SECONDS = 20.0
"""How soon after a start everything has to be true."""


class Theatre:
    """Opens scenes on a stage: in a channel, in a direct message, and where the bot is a guest."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.scenes: list[Scenario] = []
        stage.app.install_for(stage.bob)
        self._abroad = stage.discord.create_guild("Abroad", stage.bob)

    def channel(self, *, slash: bool) -> Scenario:
        """Open a scene in a channel."""
        return self._scene(lambda word: self.stage.guild.add_text_channel(word), slash=slash)

    def direct(self) -> Scenario:
        """Open a scene in somebody's direct messages."""
        person = self.stage.discord.create_user(f"person-{len(self.scenes)}")
        self.stage.guild.add_member(person)
        scene = self._scene(lambda _: person.dm(self.stage.app), slash=False)
        scene.asker = person
        return scene

    def abroad(self) -> Scenario:
        """Open a scene where the bot is a guest of bob's."""
        scene = self._scene(lambda word: self._abroad.add_text_channel(word), slash=True)
        scene.asker = self.stage.bob
        return scene

    async def kill(self) -> None:
        """Kill the bot, and note what could be read at that moment."""
        assert self.stage.bot is not None
        assert await self.stage.bot.kill() == -9
        self.stage.discord.holds.forget()
        for scene in self.scenes:
            scene.is_cut_off()

    async def is_truthful(self, scenes: list[Scenario] | None = None) -> None:
        """Wait until all scenes, or some, are as they should be."""
        waited_for = self.scenes if scenes is None else scenes
        try:
            await self.stage.discord.wait_for(lambda: all(each.is_truthful for each in waited_for), RESTART_SECONDS)
        except TimeoutError:
            wrong = [(each.word, each.text, each.shows, each.buttons) for each in waited_for if not each.is_truthful]
            raise AssertionError(wrong) from None

    def _scene(self, open_place: Callable[[str], Channel], *, slash: bool) -> Scenario:
        word = f"scene{len(self.scenes)}x"
        scene = Scenario(self.stage, word, open_place(word), self.stage.alice, slash)
        self.scenes.append(scene)
        return scene


@contextmanager
def database(stage: Stage) -> Iterator[sqlite3.Connection]:
    """Open the bot's database."""
    with closing(sqlite3.connect(stage.folder / "switchboard.db", isolation_level=None)) as connection:
        yield connection


def stored_turns(stage: Stage) -> list[tuple[str, str]]:
    """Return the questions and answers of the history."""
    with database(stage) as connection:
        return sorted(connection.execute("SELECT question, answer FROM turns WHERE hidden = 0"))


def unfinished(stage: Stage) -> int:
    """Return how many runs the journal has that are not done."""
    with database(stage) as connection:
        (count,) = connection.execute("SELECT count(*) FROM runs WHERE state <> 'done'").fetchone()
    return int(count)


async def journalled(stage: Stage, answers: int) -> None:
    """Wait until the journal has so many answers under way: nothing that is shown waits for that."""
    async with asyncio.timeout(10):
        while unfinished(stage) < answers:
            await asyncio.sleep(0.01)


async def settled(stage: Stage) -> None:
    """Wait until the database has what Discord shows: that is stored a moment later."""
    assert stage.bot is not None
    await stage.bot.printed("are dealt with", RESTART_SECONDS)
    assert unfinished(stage) == 0
