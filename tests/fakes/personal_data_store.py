"""A hand-written stand-in for what the database keeps about people, which records what it is asked to erase."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.answer import RunMetrics
from bot.domain.errors import DatabaseUnavailable
from bot.domain.personal_data import (
    Erased,
    Holdings,
    PersonalDataStore,
    RunPosition,
    SavedCredentials,
    StoredCount,
    StoredRun,
    StoredTurn,
    Tally,
)
from bot.domain.provider import Receipt


@dataclass
class FakePersonalDataStore(PersonalDataStore):
    """Two lists, and the servers that a bot is in or left; refuses everything while it is `down`."""

    kept_turns: list[StoredTurn] = field(default_factory=list)
    kept_runs: list[StoredRun] = field(default_factory=list)
    down: bool = False
    broken: bool = False
    """Whether it fails in a way that nobody foresaw."""
    expired: list[tuple[Mapping[int, int], int]] = field(default_factory=list)
    erased: list[int] = field(default_factory=list)
    withdrawn: list[int] = field(default_factory=list)
    swept: int = 0
    counts_expired: int = 0
    kept_counts: list[StoredCount] = field(default_factory=list)
    kept_credentials: list[SavedCredentials] = field(default_factory=list)
    known_as: dict[str, str] = field(default_factory=dict)
    """Keys by provider, if they are not the person's id."""
    inside: dict[int, set[int]] = field(default_factory=dict)
    outside: dict[int, int] = field(default_factory=dict)
    now: int = 0

    async def holdings(self, person: int, server: int | None) -> Holdings:
        self._reach()
        return Holdings(Tally(), Tally(len(self.kept_runs), len(self.kept_turns)))

    async def keys(self, person: int, providers: Collection[str]) -> Mapping[str, str]:
        self._reach()
        return dict.fromkeys(providers, str(person)) | self.known_as

    async def turns(self, person: int, before: int | None) -> Sequence[StoredTurn]:
        self._reach()
        return [turn for turn in reversed(self.kept_turns) if before is None or turn.id < before][:3]

    async def runs(self, person: int, before: RunPosition | None) -> Sequence[StoredRun]:
        self._reach()
        runs = reversed(self.kept_runs)
        return [run for run in runs if before is None or (run.question_id, run.answer, run.number) < before][:3]

    async def saved_credentials(self, person: int) -> Sequence[SavedCredentials]:
        """Return what is kept of it."""
        return self.kept_credentials

    async def counts(self, person: int) -> Sequence[StoredCount]:
        self._reach()
        return self.kept_counts

    async def erase_person(self, person: int, providers: Collection[str]) -> Erased:
        self._reach()
        return Erased()

    async def withdraw(self, person: int) -> None:
        self._reach()
        self.withdrawn.append(person)

    async def older_than(self, server: int, before: int) -> Tally:
        self._reach()
        return Tally()

    async def expire(self, before: Mapping[int, int], otherwise: int) -> Erased:
        self._reach()
        self.expired.append((before, otherwise))
        return Erased()

    async def expire_counts(self) -> int:
        self._reach()
        self.counts_expired += 1
        return 0

    async def sweep(self) -> int:
        self._reach()
        self.swept += 1
        return 1

    async def erase_server(self, server: int) -> Erased:
        self._reach()
        self.erased.append(server)
        return Erased(turns=1)

    async def join(self, bot: int, servers: Collection[int]) -> None:
        self._reach()
        self.inside.setdefault(bot, set()).update(servers)
        for server in servers:
            self.outside.pop(server, None)

    async def joined(self, bot: int) -> Collection[int]:
        self._reach()
        return self.inside.get(bot, set())

    async def leave(self, bot: int, server: int) -> None:
        self._reach()
        self.inside.get(bot, set()).discard(server)
        self.outside.setdefault(server, self.now)

    async def left(self) -> Mapping[int, int]:
        self._reach()
        return dict(self.outside)

    async def close(self, server: int) -> None:
        self._reach()
        self.outside.pop(server, None)

    def _reach(self) -> None:
        if self.broken:
            raise RuntimeError
        if self.down:
            raise DatabaseUnavailable


def a_turn(number: int, *, text: str = "An answer.") -> StoredTurn:
    """Return a turn that was recorded at second `number`."""
    return StoredTurn(number, "chatbase", 7, 1, "shared", "id", number, f"question {number}", text, False, "Ada")


def a_run(number: int, *, wording: str | None = '["An answer."]') -> StoredRun:
    """Return the first run of an answer to a question that was asked at second `number`."""
    return StoredRun(
        answer=f"answer-{number}",
        number=1,
        question_id=number,
        by_message=True,
        server=None,
        channel=2**63 - 1,
        kind="shared",
        asked_at=number,
        messages=(number + 1,),
        shown=True,
        provider="tamako",
        state="done",
        outcome="whole",
        began_at=number,
        metrics=RunMetrics(total=5),
        error=None,
        question='{"text": "why?"}',
        wording=wording,
        notices=("a notice",),
        receipt=Receipt("a-conversation", "an-answer", 2.5),
    )
