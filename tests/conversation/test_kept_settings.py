"""What is known without waiting is what the database was told last, also if several save at once."""

import asyncio
from collections.abc import Mapping

from bot.conversation.kept_settings import KeptSettings
from bot.domain.settings.server_settings import CHANNELS, ONLY, Scope
from tests.fakes.providers_and_stores import FakeServerSettingsStore

SERVER = 7


class SlowStore(FakeServerSettingsStore):
    """A database whose replies wait until each of them is let through."""

    def __init__(self) -> None:
        super().__init__()
        self.replies = list[asyncio.Event]()

    async def save(self, scope: Scope, server: int, target: int, name: str, value: str | None) -> None:
        """Save at once, and reply late."""
        await super().save(scope, server, target, name, value)
        await self._reply()

    async def list_values(self, name: str, scope: Scope = "server") -> Mapping[int, str]:
        """Read at once, and reply late."""
        values = dict(await super().list_values(name, scope))
        await self._reply()
        return values

    async def _reply(self) -> None:
        self.replies.append(asyncio.Event())
        await self.replies[-1].wait()


async def finish(store: SlowStore, *tasks: asyncio.Task[None]) -> None:
    """Let replies through, the latest first, until all tasks are done."""
    while not all(task.done() for task in tasks):
        await asyncio.sleep(0)
        waiting = [reply for reply in store.replies if not reply.is_set()]
        if waiting:
            waiting[-1].set()


async def test_a_setting_that_is_saved_while_all_are_read_counts() -> None:
    store = SlowStore()
    kept = KeptSettings(store, {})
    reading = asyncio.create_task(kept.reload())
    while not store.replies:
        await asyncio.sleep(0)
    for _ in range(2):  # the prefixes; then where the bot answers has been read too, and its reply is on its way
        store.replies[-1].set()
        await asyncio.sleep(0)
    saving = asyncio.create_task(kept.save("server", SERVER, SERVER, CHANNELS, ONLY))
    await finish(store, reading, saving)
    assert kept.get(CHANNELS, SERVER) == ONLY == store.values["server", SERVER][CHANNELS]


async def test_of_two_who_save_at_once_the_same_one_counts_as_in_the_database() -> None:
    store = SlowStore()
    kept = KeptSettings(store, {})
    first = asyncio.create_task(kept.save("server", SERVER, SERVER, "prefix", "?"))
    second = asyncio.create_task(kept.save("server", SERVER, SERVER, "prefix", "~"))
    await finish(store, first, second)
    assert kept.get("prefix", SERVER) == store.values["server", SERVER]["prefix"]
