"""The buttons that steer an answer, as a value: which of them stand under it, and what each would do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Stage = Literal["waiting", "running", "ended"]
"""Whether the answer's turn is still to come (it can be cancelled), it is being written (it can be stopped), or it is
over (it can be asked again)."""


@dataclass(frozen=True, slots=True)
class VersionNav:
    """Where the version that is shown stands among all, from 1, and the numbers of the runs beside it."""

    position: int
    count: int
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Controls:
    """What stands under the answer with the id `answer`. `others` tells whether another provider could be asked."""

    answer: str
    stage: Stage
    others: bool = False
    pager: VersionNav | None = None


def finished_controls(answer: str, versions: Sequence[int], shown: int, *, others: bool) -> Controls:
    """Return what stands under an answer that is over and shows the version `shown` of `versions`."""
    pager = None
    if len(versions) > 1 and shown in versions:
        at = versions.index(shown)
        before = versions[at - 1] if at else None
        after = versions[at + 1] if at + 1 < len(versions) else None
        pager = VersionNav(at + 1, len(versions), before, after)
    return Controls(answer, "ended", others, pager)
