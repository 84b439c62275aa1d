"""What a stand-in is to do with its next requests: answers and faults, for so many times or until changed."""

from collections import deque
from dataclasses import dataclass
from typing import Generic, TypeVar

Plan = TypeVar("Plan")


@dataclass(slots=True)
class _Planned(Generic[Plan]):
    plan: Plan
    left: int


class Plans(Generic[Plan]):
    """Plans in order: those with a number of times come first, then the one that holds until changed."""

    def __init__(self) -> None:
        self._turns: deque[_Planned[Plan]] = deque()
        self._standing: Plan | None = None

    def add(self, plan: Plan, times: int | None) -> None:
        """Use the plan for the next `times` requests, after those planned before; None: for all, until changed."""
        if times is None:
            self._standing = plan
        elif times < 1:
            raise ValueError(f"times must be at least 1, not {times}")
        else:
            self._turns.append(_Planned(plan, times))

    def take(self) -> Plan | None:
        """Return the plan for the request at hand, and count it; None when nothing is planned."""
        if not self._turns:
            return self._standing
        turn = self._turns[0]
        turn.left -= 1
        if not turn.left:
            self._turns.popleft()
        return turn.plan

    def clear(self) -> None:
        """Forget all plans."""
        self._turns.clear()
        self._standing = None
