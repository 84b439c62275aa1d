"""Which quotas a question counts toward: those of the server's admins, and those of the operator."""

from collections.abc import Collection, Sequence

from bot.domain.fair_use.limits import Limit, ServerLimits
from bot.domain.fair_use.quotas import PERIOD_SECONDS, Quota, Whose
from bot.domain.provider import Owner
from bot.domain.question import Location, Requester


def quotas_of(
    requester: Requester,
    location: Location,
    limits: ServerLimits,
    owner: Owner,
    shared_limit: int | None,
    now: float,
) -> Sequence[Quota]:
    """Return the quotas for a question that is asked at `now`, in seconds since 1970 (UTC).

    `owner` is whose credentials it is asked with, and `shared_limit` how many questions a day each person and each
    server may ask with the operator's, None for any number. Where the bot is no member, no server's limits hold.
    """
    person = requester.person
    server = 0 if location.server is None or location.is_user_install else location.server
    found = list[tuple[Whose, int, int, Limit | None]]()
    if server:
        found.append(("member", server, person, member_limit(limits, requester.roles)))
        found.append(("server", server, 0, limits.server))
    if owner == "host" and shared_limit is not None:
        shared = Limit(shared_limit, "day")
        found.append(("shared-person", 0, person, shared))
        if server:
            found.append(("shared-server", server, 0, shared))
    return [_window(whose, of, who, limit, now) for whose, of, who, limit in found if limit is not None]


def member_limit(limits: ServerLimits, roles: Collection[int]) -> Limit | None:
    """Return the limit of somebody with these roles, None if they have none.

    The highest limit among the roles replaces the members' one, also if it is lower. What allows more questions in a
    whole day is higher; of the same number, what allows them at once.
    """
    of_roles = [limits.roles[role] for role in roles if role in limits.roles]
    if None in of_roles:
        return None
    found = [limit for limit in of_roles if limit is not None]
    return max(found, key=lambda limit: (limit.per_day, limit.questions)) if found else limits.member


def _window(whose: Whose, server: int, person: int, limit: Limit, now: float) -> Quota:
    """Return the quota for the window that `now` is in: windows begin with the hour or the day (UTC)."""
    seconds = PERIOD_SECONDS[limit.period]
    begins_at = int(now // seconds) * seconds
    return Quota(whose, server, person, begins_at, begins_at + seconds, limit.questions)
