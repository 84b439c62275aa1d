"""Opening a run: its settings, its context and its start, in one transaction."""

from collections.abc import Callable

from sqlalchemy import Connection

from bot.domain.errors import AlreadyClaimed
from bot.domain.opening import Context, ContextQuery, Opened, Opening, SettingsPlace
from bot.domain.settings.server_settings import NOTHING_SET, StoredSettings
from bot.domain.stores import RunOpener
from bot.store.ports.base import SqlStore
from bot.store.queries.conversations import load_conversation
from bot.store.queries.runs import begin_run
from bot.store.queries.settings import load_settings
from bot.store.queries.user_keys import load_user_key


class SqlRunOpener(SqlStore, RunOpener):
    """Implements `RunOpener`."""

    async def open(self, place: SettingsPlace | None, plan: Callable[[StoredSettings], Opening | None]) -> Opened:
        now, is_ours = self._now(), True

        def read(connection: Connection) -> tuple[StoredSettings, Context | None, Opening | None]:
            settings = NOTHING_SET if place is None else load_settings(connection, self._cipher, *place)
            opening = plan(settings)
            query = None if opening is None else opening.context
            return settings, None if query is None else self._load_context(connection, query), opening

        def begin(connection: Connection, found: tuple[StoredSettings, Context | None, Opening | None]) -> None:
            nonlocal is_ours
            opening = found[2]
            is_ours = opening is None or begin_run(connection, self._cipher, opening.start, now, self._owner)

        (settings, context, opening), is_stored = await self._database.read_and_try_write(read, begin)
        if is_stored and not is_ours:
            raise AlreadyClaimed
        return Opened(settings, context, is_begun=is_stored and opening is not None)

    def _load_context(self, connection: Connection, query: ContextQuery) -> Context:
        if query.max_turns is None:
            return load_user_key(connection, query.provider, query.asker)
        return load_conversation(connection, self._cipher, query.provider, query.key, most=query.max_turns)
