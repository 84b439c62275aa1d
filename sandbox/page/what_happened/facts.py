"""What is known of one run of an answer, in seconds since it began."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sandbox.apis import Outcome
from sandbox.discord.limits.request_log import Limited


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a person did, such as asking or pressing a button."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request to a chat API, and its answer as far as it went out."""

    api: str
    """As people call it."""
    at: float
    status: int | None
    outcome: Outcome
    arrivals: Sequence[tuple[float, int]]
    """When parts of the body went out, and how many bytes that made in all."""
    ended_at: float | None

    @property
    def first_at(self) -> float | None:
        """When the first part went out."""
        return self.arrivals[0][0] if self.arrivals else None

    @property
    def size(self) -> int:
        """Bytes that went out."""
        return self.arrivals[-1][1] if self.arrivals else 0

    @property
    def failed(self) -> bool:
        """Whether it ended without an answer, or before its end."""
        ended = self.outcome is not Outcome.RUNNING
        return ended and (self.outcome is not Outcome.COMPLETE or (self.status or 0) >= 400)


class Kind(StrEnum):
    """What a request to Discord was to do."""

    THINK = "think"
    """Show "… is thinking"."""
    CREATE = "create"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class Write:
    """A request to Discord that was to write a message of the answer."""

    at: float
    kind: Kind
    target: int
    """The message; 0 for one that was refused."""
    length: int | None
    """Characters of its text; None if it changed something else."""
    status: int
    """0 while it is being answered."""
    limited: Limited | None

    @property
    def done(self) -> bool:
        """Whether Discord did it."""
        return 200 <= self.status < 300

    @property
    def shows(self) -> bool:
        """Whether readers see something of the answer since then."""
        return self.done and (self.kind is Kind.CREATE or (self.kind is Kind.EDIT and self.length is not None))


@dataclass(frozen=True, slots=True)
class Run:
    """One try at an answer, everything in its order in time."""

    acts: Sequence[Act]
    """The first one began it, at 0."""
    requests: Sequence[ApiRequest]
    writes: Sequence[Write]
    now: float
    running: bool

    @property
    def length(self) -> float:
        """Seconds that the picture shows: until now, or until the last thing that happened."""
        ends = [request.ended_at or request.at for request in self.requests]
        last = max([*(act.at for act in self.acts), *ends, *(write.at for write in self.writes)])
        return max(self.now if self.running else last, 0.5)

    @property
    def shown(self) -> list[tuple[float, int]]:
        """How many characters readers saw since when, over all messages."""
        lengths: dict[int, int] = {}
        steps: list[tuple[float, int]] = []
        total = 0
        for write in self.writes:
            if write.done and write.length is not None:
                total += write.length - lengths.get(write.target, 0)
                lengths[write.target] = write.length
                steps.append((write.at, total))
        return steps
