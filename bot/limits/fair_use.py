"""Counts each question just before it goes out, and refuses it if a limit is reached."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from bot.domain.errors import DatabaseUnavailable, LimitReached
from bot.domain.fair_use.limits import NO_LIMITS, ServerLimits
from bot.domain.fair_use.quotas import Quota, QuotaStore
from bot.domain.provider import Owner
from bot.domain.question import Question
from bot.limits.quota_rules import quotas_of


class FairUse:
    """Knows what the operator set, and asks the database how much is used up.

    `shared_limit` is how many questions a day each person and each server may ask with the operator's credentials, None
    for any number; `offers_setup` tells whether a server may bring its own. `clock` returns seconds since 1970 (UTC).
    """

    def __init__(
        self,
        store: QuotaStore,
        shared_limit: int | None = None,
        *,
        offers_setup: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.shared_limit = shared_limit
        self._store = store
        self._offers_setup = offers_setup
        self._clock = clock

    @asynccontextmanager
    async def counting(
        self, question: Question, limits: ServerLimits, owner: Owner, is_sent: Callable[[], bool]
    ) -> AsyncIterator[None]:
        """Count a question that is asked in this block; if it turns out at the end that it was not sent, no longer.

        Costs nothing if no limit is set, else one statement in a transaction of its own. Raises `LimitReached`, and
        `DatabaseUnavailable`: what cannot be counted is not asked, because a limit that protects somebody's credits
        must not open when the database is away.
        """
        quotas = self._quotas(question, limits, owner)
        if quotas and (used_up := await self._store.count(quotas)) is not None:
            may_set_up = self._offers_setup and not question.location.is_user_install and bool(question.location.server)
            raise LimitReached(used_up, question.requested_by.person, can_set_up=used_up.is_shared and may_set_up)
        try:
            yield
        finally:
            if quotas and not is_sent():
                with suppress(DatabaseUnavailable):
                    await self._store.give_back(quotas)

    async def lets_fall_back(self, question: Question, owner: Owner) -> bool:
        """Count a question that was not asked with these credentials so far, and return whether it may be.

        A fallback is not counted again, except toward the operator's limit once it goes from the server's own
        credentials to the operator's: else a server could spend those with credentials of its own that never work.
        """
        quotas = self._quotas(question, NO_LIMITS, owner)
        try:
            return not quotas or await self._store.count(quotas) is None
        except DatabaseUnavailable:
            return False

    def _quotas(self, question: Question, limits: ServerLimits, owner: Owner) -> Sequence[Quota]:
        return quotas_of(question.requested_by, question.location, limits, owner, self.shared_limit, self._clock())

    async def is_to_be_told(self, reached: LimitReached) -> bool:
        """Return whether a person is to be told in a channel that a limit is reached: once in each window.

        A database that does not say so keeps nobody from being told.
        """
        try:
            return await self._store.claim_notice(reached.quota, reached.person)
        except DatabaseUnavailable:
            return True
