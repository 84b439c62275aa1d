"""Conversations in a few dictionaries, with what providers keep of them."""

import asyncio
from dataclasses import replace
from itertools import count

from bot.domain.conversation import Conversation, NewTurn, RemoteConversation, Turn
from bot.domain.conversation_key import ConversationKey
from bot.domain.errors import DatabaseUnavailable
from bot.domain.provider import Receipt
from bot.domain.stores import ConversationStore


class FakeConversationStore(ConversationStore):
    """A database in a few dictionaries, which refuses everything while it is `down`."""

    def __init__(self) -> None:
        self.down = False
        self.current: dict[tuple[str, ConversationKey], str] = {}
        self.cleared: dict[tuple[str, ConversationKey], int] = {}
        self.turns: dict[int, NewTurn] = {}
        self.recorded: list[tuple[NewTurn, float]] = []
        """Every turn as it came, with its time; those withdrawn since too."""
        self.renewals: dict[tuple[str, int], int] = {}
        self.asked_for: list[int] = []
        """How many turns each read asked for at most."""
        self.hidden: dict[int, NewTurn] = {}
        """Turns whose answer shows another version."""
        self.remote: dict[tuple[str, ConversationKey], RemoteConversation] = {}
        """What providers keep of the conversations that go on."""
        self.holders: dict[tuple[str, ConversationKey], str] = {}
        self.begun: list[tuple[int, str]] = []
        """The threads whose conversation begins with an answer, each with that answer's id."""
        self._ids = count(1)

    def as_stored(self) -> "FakeConversationStore":
        """Return another database that holds what this one holds now."""
        copied = FakeConversationStore()
        copied.current, copied.renewals, copied.cleared = dict(self.current), dict(self.renewals), dict(self.cleared)
        copied.turns, copied.hidden, copied._ids = dict(self.turns), dict(self.hidden), self._ids
        copied.remote, copied.holders = dict(self.remote), dict(self.holders)
        return copied

    async def conversation(
        self, provider: str, key: ConversationKey, *, most: int, before: int | None = None
    ) -> Conversation:
        self.reach()
        self.asked_for.append(most)
        current = self.current.get((provider, key))
        retried = self.turns.get(before or 0) or self.hidden.get(before or 0)
        found = [
            Turn(number, turn.question, turn.answer, turn.position, turn.asker, turn.name, turn.receipt.answer_id)
            for number, turn in self.turns.items()
            if (turn.provider, turn.key, turn.conversation_id) == (provider, key, current)
        ]
        found.sort(key=lambda turn: (turn.position, turn.id))
        later = [turn for turn in found if retried is not None and turn.position > retried.position]
        if before is not None:
            found = [turn for turn in found if retried is not None and turn.position < retried.position]
        place = (provider, key)
        return Conversation(
            current,
            tuple(found[-most:]),
            self.cleared.get(place, 0),
            bool(later),
            self.remote.get(place),
            place in self.holders,
        )

    def put(self, turn: NewTurn) -> int | None:
        """Store a turn, as the answer store does at the end of a run."""
        location = (turn.provider, turn.key)
        if turn.id is not None:
            self._go_on(turn)
            return turn.id if self.reword(turn.id, turn.question, turn.answer, turn.receipt) else None
        is_first = turn.renewals is None and turn.replaces is None
        if self.cleared.get(location, 0) != (turn.renewals or 0) or (not is_first and location not in self.current):
            return None
        current = self.current.get(location)
        self._go_on(turn)
        if current in (None, turn.replaces):
            for number, old in self.turns.items():
                is_newer = turn.newest_seen is not None and number > turn.newest_seen
                is_there = (old.provider, old.key, old.conversation_id) == (*location, current)
                if number in turn.kept or (is_newer and is_there):
                    self.turns[number] = replace(old, conversation_id=turn.conversation_id)
            current = self.current[location] = turn.conversation_id
        number = next(self._ids)
        self.turns[number] = replace(turn, conversation_id=current)
        self.recorded.append((turn, asyncio.get_running_loop().time()))
        return number

    def _go_on(self, turn: NewTurn) -> None:
        place, told = (turn.provider, turn.key), turn.receipt
        holds = self.holders.get(place) == turn.holder if place in self.current else True
        since = self.remote[place].since if place in self.remote else int(asyncio.get_running_loop().time())
        self.give_up(*place)
        if holds and turn.is_told_of_all and told.conversation_id and told.answer_id:
            self.remote[place] = RemoteConversation(told.conversation_id, told.answer_id, since)

    def give_up(self, provider: str, key: ConversationKey) -> None:
        """Give up what the provider keeps of a conversation."""
        self.remote.pop((provider, key), None)
        self.holders.pop((provider, key), None)

    def reword(self, number: int, question: str, answer: str, receipt: Receipt) -> bool:
        """Change what a turn says, whether it is hidden or not; it is seen then. Returns whether it is there."""
        turn = self.hidden.pop(number, None) or self.turns.get(number)
        if turn is None:
            return False
        self.turns[number] = replace(turn, question=question, answer=answer, receipt=receipt)
        self.turns = dict(sorted(self.turns.items()))
        return True

    def hide(self, number: int) -> None:
        """Have the history pass over a turn, if it is there."""
        if (turn := self.turns.pop(number, None)) is not None:
            self.hidden[number] = turn

    def drop(self, number: int) -> None:
        """Delete a turn, if it is there."""
        self.turns.pop(number, None)
        self.hidden.pop(number, None)

    async def hold(
        self, provider: str, key: ConversationKey, holder: str, *, most: int, before: int | None = None
    ) -> Conversation:
        found = await self.conversation(provider, key, most=most, before=before)
        place = (provider, key)
        held_by = self.holders.get(place)
        if held_by is not None:
            self.remote.pop(place, None)
        if place in self.current:
            self.holders[place] = holder
        return replace(found, is_held=held_by is not None)

    async def release(self, provider: str, key: ConversationKey, holder: str) -> None:
        self.reach()
        if self.holders.get((provider, key)) == holder:
            del self.holders[provider, key]

    async def clear_conversation(self, provider: str, key: ConversationKey) -> None:
        self.reach()
        self.give_up(provider, key)
        self.current[provider, key] = f"fresh-{next(self._ids)}"
        self.cleared[provider, key] = self.cleared.get((provider, key), 0) + 1
        self.turns = {
            number: turn for number, turn in self.turns.items() if (turn.provider, turn.key) != (provider, key)
        }
        self.hidden.clear()

    async def begin_with(self, channel: int, answer: str) -> bool:
        self.reach()
        self.begun.append((channel, answer))
        return True

    async def take_back(self, channel: int, answer: str) -> None:
        self.reach()
        self.begun.remove((channel, answer))

    async def user_key(self, provider: str, user: int) -> str:
        self.reach()
        renewed = self.renewals.get((provider, user), 0)
        return f"{user}.{renewed}" if renewed else str(user)

    async def renew_user_key(self, provider: str, user: int) -> str:
        self.reach()
        self.renewals[provider, user] = self.renewals.get((provider, user), 0) + 1
        return await self.user_key(provider, user)

    def reach(self) -> None:
        """Refuse if the database is down."""
        if self.down:
            raise DatabaseUnavailable
