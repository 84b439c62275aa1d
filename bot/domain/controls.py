"""The buttons under an answer, as a value: which there are, and what each does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Stage = Literal["waiting", "running", "ended"]
"""Whether the answer waits for its turn (it can be cancelled), is being written (it can be stopped), or is finished (it
can be asked again)."""


@dataclass(frozen=True, slots=True)
class VersionNav:
    """The position of the version that is shown, from 1, who gave it, and the numbers of the runs before and after."""

    position: int
    count: int
    label: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Controls:
    """The buttons under the answer with the id `answer`; with `others`, another provider can be asked."""

    answer: str
    stage: Stage
    others: bool = False
    version_nav: VersionNav | None = None


@dataclass(frozen=True, slots=True)
class AnswerControls:
    """Decides which controls an answer has. `labels` are what the providers are called, by their names."""

    labels: Mapping[str, str]

    def waiting(self, answer: str) -> Controls:
        """Return the controls of an answer that waits for its turn."""
        return Controls(answer, "waiting")

    def running(self, answer: str) -> Controls:
        """Return the controls of an answer that is being written."""
        return Controls(answer, "running")

    def finished(
        self, answer: str, versions: Sequence[int], shown: int, provider: str, *, has_others: bool
    ) -> Controls:
        """Return the controls of an answer that is finished and shows the version `shown` of `versions`.

        `provider` is the name of the one that gave it. With `has_others`, another one can be asked there.
        """
        version_nav = None
        if len(versions) > 1 and shown in versions:
            at = versions.index(shown)
            before = versions[at - 1] if at else None
            after = versions[at + 1] if at + 1 < len(versions) else None
            version_nav = VersionNav(at + 1, len(versions), self.labels.get(provider, provider), before, after)
        return Controls(answer, "ended", has_others, version_nav)
