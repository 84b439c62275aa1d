"""Opens runs over the other fakes, which answer as they always do."""

from collections.abc import Callable

from bot.domain.errors import AlreadyClaimed
from bot.domain.opening import Context, ContextQuery, Opened, Opening, SettingsPlace
from bot.domain.settings.server_settings import NOTHING_SET, StoredSettings
from bot.domain.stores import RunOpener
from tests.fakes.answer_store import FakeAnswerStore
from tests.fakes.conversation_store import FakeConversationStore
from tests.fakes.providers_and_stores import FakeServerSettingsStore


class FakeRunOpener(RunOpener):
    """An opener that begins a run if the answer store is neither slow nor faulty, and waits for the reading only."""

    def __init__(
        self, settings: FakeServerSettingsStore, conversations: FakeConversationStore, answer_store: FakeAnswerStore
    ) -> None:
        self._settings = settings
        self._conversations = conversations
        self._answer_store = answer_store

    async def open(self, place: SettingsPlace | None, plan: Callable[[StoredSettings], Opening | None]) -> Opened:
        settings = NOTHING_SET if place is None else await self._settings.load(*place)
        opening = plan(settings)
        if opening is None:
            return Opened(settings, None, is_begun=False)
        context = None if opening.context is None else await self._read(opening.context)
        is_begun = not self._answer_store.slow and "begin" not in self._answer_store.faults
        if is_begun and not await self._answer_store.begin(opening.start):
            raise AlreadyClaimed
        return Opened(settings, context, is_begun)

    async def _read(self, query: ContextQuery) -> Context:
        if query.max_turns is None:
            return await self._conversations.user_key(query.provider, query.asker)
        return await self._conversations.conversation(query.provider, query.key, most=query.max_turns)
