"""Conversations, and the keys by which providers that remember people know them."""

from uuid import uuid4

from sqlalchemy import Connection, delete

from bot.domain.conversation import Conversation
from bot.domain.conversation_key import ConversationKey
from bot.domain.stores import ConversationStore
from bot.store.ports.base import SqlStore, read_transaction, write_transaction
from bot.store.queries.answer_turns import copy_turn
from bot.store.queries.conversations import load_conversation
from bot.store.queries.places import is_of, place_of
from bot.store.queries.remote_conversations import hold, hold_instead, release
from bot.store.queries.turns import begin_over
from bot.store.queries.user_keys import load_user_key, renew_user_key
from bot.store.tables import turns


class SqlConversationStore(SqlStore, ConversationStore):
    """Implements `ConversationStore`."""

    @read_transaction
    def conversation(
        self, connection: Connection, provider: str, key: ConversationKey, *, most: int, before: int | None = None
    ) -> Conversation:
        return load_conversation(connection, self._cipher, provider, key, most=most, before=before)

    @write_transaction
    def hold(
        self,
        connection: Connection,
        provider: str,
        key: ConversationKey,
        holder: str,
        *,
        most: int,
        before: int | None = None,
    ) -> Conversation:
        # Before it is read: others wait from then on.
        hold(connection, provider, key, holder)
        found = load_conversation(connection, self._cipher, provider, key, most=most, before=before, holder=holder)
        if found.is_held:
            hold_instead(connection, provider, key, holder)
        return found

    @write_transaction
    def release(self, connection: Connection, provider: str, key: ConversationKey, holder: str) -> None:
        release(connection, provider, key, holder)

    @write_transaction
    def clear_conversation(self, connection: Connection, provider: str, key: ConversationKey) -> None:
        # The new id is written even if there was no conversation yet: an answer that is under way then finds it in its
        # place, and is not recorded.
        begin_over(connection, provider, key, str(uuid4()), self._now(), drops=True)
        connection.execute(delete(turns).where(is_of(turns)), place_of(provider, key))

    @write_transaction
    def begin_with(self, connection: Connection, channel: int, answer: str) -> bool:
        return copy_turn(connection, self._cipher, channel, answer, self._now())

    @write_transaction
    def take_back(self, connection: Connection, channel: int, answer: str) -> None:
        connection.execute(delete(turns).where(turns.c.copied_for == answer, turns.c.channel == channel))

    @read_transaction
    def user_key(self, connection: Connection, provider: str, user: int) -> str:
        return load_user_key(connection, provider, user)

    @write_transaction
    def renew_user_key(self, connection: Connection, provider: str, user: int) -> str:
        return renew_user_key(connection, provider, user)
