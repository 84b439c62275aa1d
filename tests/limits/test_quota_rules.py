"""Which quotas a question counts toward, whatever limits, roles and times there are."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.fair_use.limits import (
    LIMIT_MEMBER,
    LIMIT_ROLES,
    LIMIT_SERVER,
    MAX_LIMIT,
    NO_LIMITS,
    Limit,
    ServerLimits,
    read_role_limits,
    write_role_limits,
)
from bot.domain.fair_use.quotas import Quota
from bot.domain.provider import Owner
from bot.domain.question import Location, Requester
from bot.limits.quota_rules import member_limit, quotas_of

SERVER, ALICE = 7, 4711
HERE = Location(1, 1, SERVER)
THREAD = Location(2, 1, SERVER)
DM = Location(3, 3, None)
GUEST = Location(1, 1, SERVER, is_user_install=True)

LIMITS = st.builds(Limit, st.integers(1, MAX_LIMIT), st.sampled_from(["hour", "day"]))
ROLES = st.dictionaries(st.integers(1, 2**64 - 1), st.none() | LIMITS, max_size=6)
SERVER_LIMITS = st.builds(ServerLimits, st.none() | LIMITS, st.none() | LIMITS, ROLES)
TIMES = st.floats(0, 4e9)


def quotas(
    limits: ServerLimits = NO_LIMITS,
    *roles: int,
    at: Location = HERE,
    owner: Owner = "host",
    shared: int | None = None,
    now: float = 0.0,
) -> dict[str, Quota]:
    """Return by whose they are the quotas of a question that Alice asks."""
    found = quotas_of(Requester(ALICE, frozenset(roles)), at, limits, owner, shared, now)
    assert len({quota.whose for quota in found}) == len(found)
    return {quota.whose: quota for quota in found}


def in_day(questions: int) -> Limit:
    return Limit(questions, "day")


@pytest.mark.parametrize(
    ("of_roles", "expected"),
    [
        ([], in_day(10)),
        ([in_day(50)], in_day(50)),
        ([in_day(2)], in_day(2)),
        ([in_day(2), in_day(50), in_day(20)], in_day(50)),
        ([Limit(3, "hour"), in_day(50)], Limit(3, "hour")),
        ([Limit(2, "hour"), in_day(50)], in_day(50)),
        ([Limit(1, "hour"), in_day(24)], in_day(24)),
        ([in_day(2), None], None),
        ([None], None),
    ],
)
def test_the_highest_limit_of_the_roles_replaces_the_members(of_roles: list[Limit | None], expected: Limit) -> None:
    limits = ServerLimits(in_day(10), None, dict(enumerate(of_roles, 1)) | {99: in_day(1000)})
    assert member_limit(limits, {*range(1, len(of_roles) + 1), 55}) == expected


@given(SERVER_LIMITS, st.data(), TIMES)
def test_the_servers_limit_always_holds_and_the_members_unless_a_role_says_otherwise(
    limits: ServerLimits, data: st.DataObject, now: float
) -> None:
    roles = data.draw(st.sets(st.sampled_from([*limits.roles, 1])))
    found = quotas(limits, *roles, now=now)
    assert ("server" in found) == (limits.server is not None)
    theirs = [limits.roles[role] for role in roles if role in limits.roles]
    if None in theirs:
        assert "member" not in found
    elif theirs:
        most = max(limit.per_day for limit in theirs if limit is not None)
        quota = found["member"]
        assert quota.max_questions * (24 if quota.period == "hour" else 1) == most
    else:
        assert ("member" in found) == (limits.member is not None)
    assert found == quotas(limits, *roles, at=THREAD, now=now), "a thread belongs to its server"


@given(SERVER_LIMITS, TIMES)
def test_windows_are_whole_hours_and_days_and_hold_the_moment(limits: ServerLimits, now: float) -> None:
    for quota in quotas(limits, shared=5, now=now).values():
        assert quota.begins_at <= now < quota.ends_at
        begins, ends = (datetime.fromtimestamp(at, UTC) for at in (quota.begins_at, quota.ends_at))
        assert (begins.minute, begins.second) == (ends.minute, ends.second) == (0, 0)
        assert (ends - begins).total_seconds() == (3600 if quota.period == "hour" else 86_400)
        assert quota.period == "hour" or begins.hour == 0


@given(SERVER_LIMITS, st.none() | st.integers(1, MAX_LIMIT), st.sampled_from(["host", "server"]))
def test_no_server_has_a_say_where_the_bot_is_no_member(limits: ServerLimits, shared: int | None, owner: Owner) -> None:
    for place in (DM, GUEST):
        found = quotas(limits, at=place, shared=shared, owner=owner)
        assert set(found) == ({"shared-person"} if shared is not None and owner == "host" else set())


def test_the_operators_limit_is_for_their_own_credentials_a_day_per_person_and_server() -> None:
    found = quotas(shared=5)
    assert found == {
        "shared-person": Quota("shared-person", 0, ALICE, 0, 86_400, 5),
        "shared-server": Quota("shared-server", SERVER, 0, 0, 86_400, 5),
    }
    assert quotas(shared=5, owner="server") == {}
    assert quotas(shared=None) == quotas() == {}
    exempt = ServerLimits(in_day(1), None, {1: None})
    assert set(quotas(exempt, 1, shared=5)) == {"shared-person", "shared-server"}


@given(SERVER_LIMITS)
def test_limits_are_read_as_they_were_written(limits: ServerLimits) -> None:
    stored = {
        LIMIT_MEMBER: limits.member and limits.member.write(),
        LIMIT_SERVER: limits.server and limits.server.write(),
        LIMIT_ROLES: write_role_limits(limits.roles),
    }
    assert ServerLimits.read({name: value for name, value in stored.items() if value}) == limits


@given(st.text("0123456789:/,hourdayexempt-٣ ", max_size=40))
def test_whatever_else_is_stored_limits_nothing_wrongly(stored: str) -> None:
    found = ServerLimits.read({LIMIT_MEMBER: stored, LIMIT_SERVER: stored, LIMIT_ROLES: stored})
    for limit in (found.member, found.server, *found.roles.values()):
        assert limit is None or 1 <= limit.questions <= MAX_LIMIT
    assert read_role_limits(write_role_limits(found.roles) or "") == found.roles
