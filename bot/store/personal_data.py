"""What is kept about people, as the program asks for it: shown, handed over, erased a batch at a time."""

from collections.abc import Callable, Collection, Mapping, Sequence

from sqlalchemy import Table

from bot.domain.personal_data import Erased, Holdings, RunPosition, StoredRun, StoredTurn
from bot.store.engine.transactions import Database
from bot.store.queries.erasing import (
    ConversationKey,
    drop_unused,
    erase_answers_of,
    erase_preferences_of,
    erase_turns_of,
    expire_rows,
    forget_answers,
    forget_turns,
    list_oldest,
    list_unused,
)
from bot.store.queries.guilds import close_server, list_joined, list_left, note_joined, note_left
from bot.store.queries.personal_data import load_holdings, load_runs, load_turns
from bot.store.queries.user_keys import load_user_keys, renew_user_keys
from bot.store.tables import answers, turns

_UNUSED_SECONDS = 24 * 60 * 60
"""How long a conversation without turns is kept: an answer from before it began anew may be under way for minutes."""

_JOINED_AT_ONCE = 500


class ArchiveStore:
    """Implements `Archive`. `now` returns the time in whole seconds since 1970 (UTC)."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._database = database
        self._now = now

    async def holdings(self, person: int, server: int | None) -> Holdings:
        """Return how much is kept of a person, in `server` or in direct messages, and everywhere."""
        return await self._database.read(load_holdings, person, server)

    async def keys(self, person: int, providers: Collection[str]) -> Mapping[str, str]:
        """Return the key under which each of `providers` knows the person, and others where a key was once renewed."""
        return await self._database.read(load_user_keys, person, providers)

    async def turns(self, person: int, before: int | None) -> Sequence[StoredTurn]:
        """Return a few of the person's turns with ids below `before`, newest first; none where there are no more."""
        return await self._database.read(load_turns, person, before)

    async def runs(self, person: int, before: RunPosition | None) -> Sequence[StoredRun]:
        """Return a few of the person's runs below `before`, newest first; none where there are no more."""
        return await self._database.read(load_runs, person, before)

    async def forget(self, person: int, providers: Collection[str]) -> Erased:
        """Erase what is kept of a person everywhere, and renew the ids and keys that stand for it."""
        await self._database.write(renew_user_keys, person, providers)
        answers_gone, turns_gone, renewed = 0, 0, set[ConversationKey]()
        # Answers first: with them goes what would become a turn when it is finished.
        while (batch := await self._database.write(forget_answers, person, providers, self._now()))[0]:
            answers_gone, renewed = answers_gone + batch[0], renewed | batch[1]
        while (batch := await self._database.write(forget_turns, person, self._now()))[0]:
            turns_gone, renewed = turns_gone + batch[0], renewed | batch[1]
        return Erased(answers_gone, turns_gone, len(renewed))

    async def expire(self, before: Mapping[int, int], otherwise: int) -> Erased:
        """Erase what is older than its server's time in `before`, or than `otherwise`: seconds since 1970 (UTC)."""
        return await self._expire(answers, before, otherwise) + await self._expire(turns, before, otherwise)

    async def sweep(self) -> int:
        """Delete conversations that have no turns and were not used for a day, and return how many."""
        swept, before = 0, self._now() - _UNUSED_SECONDS
        while unused := await self._database.read(list_unused, before):
            dropped = await self._database.write(drop_unused, unused, before)
            swept += dropped
            if not dropped:
                break  # somebody uses them again
        return swept

    async def erase_server(self, server: int) -> Erased:
        """Erase everything of a server, its settings included."""
        await self._database.write(erase_preferences_of, server)
        erased = Erased()
        while gone := await self._database.write(erase_answers_of, server):
            erased += Erased(answers=gone)
        while (batch := await self._database.write(erase_turns_of, server))[0]:
            await self._database.write(drop_unused, batch[1], self._now() + 1)
            erased += Erased(turns=batch[0])
        return erased

    async def join(self, bot: int, servers: Collection[int]) -> None:
        """Note that the bot is in these servers."""
        ordered = sorted(servers)
        for begin in range(0, len(ordered), _JOINED_AT_ONCE):
            await self._database.write(note_joined, bot, ordered[begin : begin + _JOINED_AT_ONCE])

    async def joined(self, bot: int) -> Collection[int]:
        """Return the servers that the bot was in when it last looked."""
        return await self._database.read(list_joined, bot)

    async def leave(self, bot: int, server: int) -> None:
        """Note that the bot is no longer in a server."""
        await self._database.write(note_left, bot, server, self._now())

    async def left(self) -> Mapping[int, int]:
        """Return the servers that a bot left and that are still to be erased, with when: seconds since 1970 (UTC)."""
        return await self._database.read(list_left)

    async def close(self, server: int) -> None:
        """Note that everything of a server that was left is erased, and stays so."""
        await self._database.write(close_server, server)

    async def _expire(self, table: Table, before: Mapping[int, int], otherwise: int) -> Erased:
        expired = await self._expire_of(table, None, otherwise)
        after = 0
        while found := await self._database.read(list_oldest, table, after):
            for server, oldest in found:
                limit = before.get(server, otherwise)
                if oldest < limit:
                    expired += await self._expire_of(table, server, limit)
            after = found[-1][0]
        return expired

    async def _expire_of(self, table: Table, server: int | None, before: int) -> Erased:
        """Erase batch after batch until there is nothing left, and return how much it was."""
        expired = Erased()
        while batch := await self._database.write(expire_rows, table, server, before):
            expired += batch
        return expired
