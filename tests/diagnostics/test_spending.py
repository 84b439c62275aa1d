"""What keeps strangers from spending the host's credits."""

import pytest

from bot.diagnostics.report import Status, to_line
from bot.diagnostics.rules import access_result, brought_result
from bot.domain.access import EVERYBODY, Access, Spending


def test_without_any_limit_it_is_said_that_everybody_may() -> None:
    found = access_result(EVERYBODY, Spending())
    assert found.level is Status.INFO
    assert "Everybody who can invite me may use me, with your credentials." in to_line(found)


@pytest.mark.parametrize(
    ("access", "spending", "named"),
    [
        (Access(frozenset({1})), Spending(), "Allowed: 1 server."),
        (Access(blocked_users=frozenset({1})), Spending(), "1 person blocked"),
        (EVERYBODY, Spending(is_shared=False), "In servers I use only the credentials that they brought."),
        (EVERYBODY, Spending(max_questions=20), "each person and each server may ask 20 questions a day"),
        (EVERYBODY, Spending(max_questions=1), "1 question a day"),
    ],
)
def test_each_limit_is_named(access: Access, spending: Spending, named: str) -> None:
    found = access_result(access, spending)
    assert found.level is Status.OK
    assert named in to_line(found)


@pytest.mark.parametrize(("servers", "said"), [(0, "No server has"), (1, "1 server brought"), (3, "3 servers brought")])
def test_it_is_said_how_many_servers_brought_credentials(servers: int, said: str) -> None:
    assert said in to_line(brought_result(servers))
