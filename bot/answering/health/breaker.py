"""Leaves a provider alone that is out: askers are told at once, and one question now and then tries it again.

Five outages in a row within ten minutes open the breaker: a silence alone takes a minute. After 15 s one question is
a trial; each trial that fails doubles the pause, up to 5 min. The first success closes it. What is kept is for one
provider with the credentials of one owner as they were saved, and with the options that a server's admins chose, so
nobody's outage is another's, and credentials that were just corrected are asked with at once. It is kept in memory, in
each process for itself.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from bot.domain.runtime.bounded_dict import BoundedDict
from bot.domain.runtime.timing import Clock
from bot.domain.secrets.credentials import CredentialId

MAX_OUTAGES = 5
"""How many outages in a row open the breaker."""

WITHIN = 600.0
"""Seconds within which they must end."""

FIRST_PAUSE, LONGEST_PAUSE = 15.0, 300.0
"""Seconds until the first trial, and at most until a later one."""

MAX_KEPT = 10_000
"""How many credentials with outages are kept in memory, those with the latest; others are asked as if all were well."""


@dataclass(frozen=True, slots=True)
class OpenStatus:
    """How long a provider has been out, and until it is tried again, in seconds; 0 if a question may try it now."""

    out_for: float
    next_trial: float
    is_being_tried: bool = False


@dataclass(slots=True)
class _Outages:
    """The latest outages in a row: when they ended. It is open if `next_trial` is not None."""

    ended_at: tuple[float, ...] = ()
    next_trial: float | None = None
    pause: float = FIRST_PAUSE
    trial: "Permit | None" = None

    @property
    def since(self) -> float:
        """When the first of them ended."""
        return self.ended_at[0]


class Permit:
    """The right to ask a provider once. `end` says what came of it.

    It is used with `with`: a block that is left without saying so showed nothing.
    """

    def __init__(self, breaker: "Breaker", key: CredentialId, begun_at: float) -> None:
        self.begun_at = begun_at
        self._breaker = breaker
        self._key = key
        self._has_ended = False

    def end(self, is_up: bool | None) -> None:
        """Say whether the provider works, None if the question did not show that; only the first call counts."""
        if not self._has_ended:
            self._has_ended = True
            self._breaker.note(self._key, self, is_up)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end(None)


class Breaker:
    """Decides which providers are asked. Times are those of `clock`, the event loop's unless it is given."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or asyncio.get_running_loop().time
        self._outages = BoundedDict[CredentialId, _Outages](MAX_KEPT)

    def __len__(self) -> int:
        """Return for how many credentials outages are kept."""
        return len(self._outages)

    def permit(self, key: CredentialId) -> Permit | None:
        """Return the right to ask once, None if the provider is left alone for now. It must be ended."""
        now, outages = self._clock(), self._outages.get(key)
        permit = Permit(self, key, now)
        if outages is None or outages.next_trial is None:
            return permit
        if outages.trial is not None or now < outages.next_trial:
            return None
        outages.trial = permit
        return permit

    def status(self, key: CredentialId) -> OpenStatus | None:
        """Return since when the provider is left alone, None if it is asked as usual."""
        now, outages = self._clock(), self._outages.get(key)
        if outages is None or outages.next_trial is None:
            return None
        is_being_tried = outages.trial is not None
        next_trial = 0.0 if is_being_tried else max(0.0, outages.next_trial - now)
        return OpenStatus(now - outages.since, next_trial, is_being_tried)

    def open_for(self) -> Sequence[CredentialId]:
        """Return with which credentials providers are left alone now, or are being tried again."""
        return [key for key, outages in self._outages.items() if outages.next_trial is not None]

    def note(self, key: CredentialId, permit: Permit, is_up: bool | None) -> None:
        """Note what came of a permit."""
        outages = self._outages.get(key)
        if is_up is False:
            self._note_outage(key, permit, outages or _Outages())
        elif outages is None:
            return
        elif is_up and permit.begun_at >= outages.since:
            del self._outages[key]  # an answer that began before the outage did does not show that it is over
        elif outages.trial is permit:
            # The next question tries: else one person could stop each trial, and nobody would be answered.
            outages.trial = None

    def _note_outage(self, key: CredentialId, permit: Permit, outages: _Outages) -> None:
        now = self._clock()
        if outages.next_trial is None:
            recent = (ended for ended in outages.ended_at if now - ended <= WITHIN)
            outages.ended_at = (*recent, now)
            if len(outages.ended_at) >= MAX_OUTAGES:
                outages.next_trial = now + outages.pause
        elif outages.trial is permit:
            outages.pause = min(outages.pause * 2, LONGEST_PAUSE)
            outages.trial, outages.next_trial = None, now + outages.pause
        self._outages[key] = outages
