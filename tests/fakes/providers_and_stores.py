"""Hand-written stand-ins for the database and the chat APIs, which record what they are asked."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from bot.domain.attachments import AttachedFile, FileLoader, LoadedFiles
from bot.domain.conversation import Conversation, NewTurn, Turn
from bot.domain.conversation_key import ConversationKey
from bot.domain.errors import DatabaseUnavailable
from bot.domain.provider import Checked, Memory, Option, Piece, Prompt, Provider
from bot.domain.question import Location, Question
from bot.domain.settings.server_settings import Scope, StoredSettings
from bot.domain.stores import ConversationStore, ServerSettingsStore

Script = Sequence[Piece | float | Exception | asyncio.Event]
"""An answer: pieces, seconds of silence, events to wait for, and perhaps what it ends in."""


@dataclass(eq=False)
class FakeProvider(Provider):
    """A chat API that plays its scripts, one for each question; the last one stays."""

    name: str = "chatbase"
    label: str = "Chatbase"
    question_limit: int | None = None
    remembers: Memory = "nothing"
    streams: bool = True
    takes_persona: bool = False
    options: Sequence[Option] = ()
    scripts: list[Script] = field(default_factory=lambda: [["An answer."]])
    prompts: list[Prompt] = field(default_factory=list)
    open: int = 0
    """How many answers are being streamed now."""

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        """Play the next script."""
        self.prompts.append(prompt)
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        self.open += 1
        try:
            for step in script:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, asyncio.Event):
                    await step.wait()
                elif isinstance(step, float):
                    await asyncio.sleep(step)
                else:
                    yield step
        finally:
            self.open -= 1

    def max_chars(self, text: str) -> int | None:
        """Return the limit, which is the same for every text."""
        return self.question_limit

    async def check(self) -> Checked:
        """Accept the credentials."""
        return None


class FakeFileLoader(FileLoader):
    """Loads the text that an address says after `text:`, after a second; other addresses are no text, or not found."""

    async def load(self, files: Sequence[AttachedFile]) -> LoadedFiles:
        """Load those that have no text yet."""
        await asyncio.sleep(1)
        loaded = []
        for file in files:
            kind, _, text = file.url.partition(":")
            loaded.append(replace(file, url="", text=text) if kind == "text" else file)
        kept = tuple(file for file in loaded if file.url != "binary")
        return LoadedFiles(kept, tuple(file.name for file in loaded if file.url == "binary"))


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
        self.begun: list[tuple[int, str]] = []
        """The threads whose conversation begins with an answer, each with that answer's id."""
        self._ids = count(1)

    def as_stored(self) -> "FakeConversationStore":
        """Return another database that holds what this one holds now."""
        copied = FakeConversationStore()
        copied.current, copied.renewals, copied.cleared = dict(self.current), dict(self.renewals), dict(self.cleared)
        copied.turns, copied.hidden, copied._ids = dict(self.turns), dict(self.hidden), self._ids
        return copied

    async def conversation(
        self, provider: str, key: ConversationKey, *, most: int, before: int | None = None
    ) -> Conversation:
        self.reach()
        self.asked_for.append(most)
        current = self.current.get((provider, key))
        retried = self.turns.get(before or 0) or self.hidden.get(before or 0)
        found = [
            Turn(number, turn.question, turn.answer, turn.position, turn.asker, turn.name)
            for number, turn in self.turns.items()
            if (turn.provider, turn.key, turn.conversation_id) == (provider, key, current)
            and (before is None or (retried is not None and turn.position < retried.position))
        ]
        found.sort(key=lambda turn: (turn.position, turn.id))
        return Conversation(current, tuple(found[-most:]), self.cleared.get((provider, key), 0))

    def put(self, turn: NewTurn) -> int | None:
        """Store a turn, as the answer store does at the end of a run."""
        location = (turn.provider, turn.key)
        if turn.id is not None:
            return turn.id if self.reword(turn.id, turn.question, turn.answer) else None
        is_first = turn.renewals is None and turn.replaces is None
        if self.cleared.get(location, 0) != (turn.renewals or 0) or (not is_first and location not in self.current):
            return None
        current = self.current.get(location)
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

    def reword(self, number: int, question: str, answer: str) -> bool:
        """Change what a turn says, whether it is hidden or not; it is seen then. Returns whether it is there."""
        turn = self.hidden.pop(number, None) or self.turns.get(number)
        if turn is None:
            return False
        self.turns[number] = replace(turn, question=question, answer=answer)
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

    async def clear_conversation(self, provider: str, key: ConversationKey) -> None:
        self.reach()
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


class FakeServerSettingsStore(ServerSettingsStore):
    """Settings in a dictionary by scope and target."""

    def __init__(self, values: Mapping[tuple[Scope, int], Mapping[str, str]] | None = None) -> None:
        self.down = False
        self.values: dict[tuple[Scope, int], dict[str, str]] = {key: dict(held) for key, held in (values or {}).items()}

    async def load(self, server: int | None, channel: int) -> StoredSettings:
        if self.down:
            raise DatabaseUnavailable
        return StoredSettings(
            self.values.get(("server", server), {}) if server is not None else {},
            self.values.get(("channel", channel), {}),
        )

    async def save(self, scope: Scope, server: int, target: int, name: str, value: str | None) -> None:
        if self.down:
            raise DatabaseUnavailable
        held = self.values.setdefault((scope, target), {})
        if value is None:
            held.pop(name, None)
        else:
            held[name] = value

    async def list_values(self, name: str, scope: Scope = "server") -> Mapping[int, str]:
        if self.down:
            raise DatabaseUnavailable
        return {target: held[name] for (kind, target), held in self.values.items() if kind == scope and name in held}


def make_location(channel: int = 1, server: int | None = 7) -> Location:
    """Return a channel of a server."""
    return Location(channel, channel, server)


_ids = count(1000)


def make_question(text: str = "What is it?", *, channel: int = 1, asker: int = 4711) -> Question:
    """Return a question that was never asked before."""
    return Question(id=next(_ids), location=make_location(channel), asker=asker, text=text)


def make_page(word: str) -> str:
    """Return a text that takes most of a message."""
    return f"{f'{word} ' * 300}\n\n"
