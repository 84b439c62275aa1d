"""Questions are counted in one statement, never more than may be asked, on both databases."""

import asyncio
from dataclasses import replace
from itertools import cycle, islice

from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.domain.fair_use.quotas import Quota
from bot.domain.personal_data import StoredCount
from bot.store.open import open_store
from bot.store.ports.base import Stores
from tests.databases import execute
from tests.store.conftest import HandClock

HOUR, DAY = 3600, 86_400
SERVER, PERSON = 2**62, 2**63 - 1
MEMBER = Quota("member", SERVER, PERSON, 0, HOUR, 3)
WHOLE = Quota("server", SERVER, 0, 0, DAY, 5)
SHARED = Quota("shared-person", 0, PERSON, 0, DAY, 9)


def counts(url: str) -> dict[str, int]:
    """Return how many were counted, by whose they are."""
    return dict(execute(url, "SELECT whose, sum(questions) FROM question_counts GROUP BY whose"))


async def test_each_question_counts_toward_all_quotas_or_toward_none(url: str, store: Stores) -> None:
    all_three = (WHOLE, SHARED, MEMBER)
    assert [await store.quotas.count(all_three) for _ in range(4)] == [None, None, None, MEMBER]
    assert counts(url) == {"member": 3, "server": 3, "shared-person": 3}
    other = replace(MEMBER, person=5)
    assert [await store.quotas.count((WHOLE, other)) for _ in range(3)] == [None, None, WHOLE]
    assert counts(url) == {"member": 5, "server": 5, "shared-person": 3}
    assert await store.quotas.count((WHOLE, MEMBER)) == WHOLE, "the one that ends last is told"


async def test_a_window_a_server_and_a_person_have_counts_of_their_own(store: Stores) -> None:
    once = replace(MEMBER, max_questions=1)
    later = replace(once, begins_at=HOUR, ends_at=2 * HOUR)
    day, elsewhere, bob = replace(once, ends_at=DAY), replace(once, server=8), replace(once, person=5)
    for quota in (once, later, day, elsewhere, bob):
        assert await store.quotas.count([quota]) is None
        assert await store.quotas.count([quota]) == quota


async def test_a_limit_that_is_lowered_or_raised_holds_at_once(store: Stores) -> None:
    for max_questions, ends in ((3, None), (3, None), (2, True), (1, True), (3, None), (3, True), (4, None)):
        quota = replace(MEMBER, max_questions=max_questions)
        assert (await store.quotas.count([quota])) == (quota if ends else None)


async def test_what_was_not_sent_is_given_back_and_never_below_nothing(url: str, store: Stores) -> None:
    await store.quotas.count((MEMBER, WHOLE))
    for _ in range(2):
        await store.quotas.give_back((MEMBER, WHOLE))
    assert counts(url) == {"member": 0, "server": 0}
    await store.quotas.give_back((SHARED,))
    assert [await store.quotas.count([MEMBER]) for _ in range(4)] == [None, None, None, MEMBER]


async def test_of_a_crowd_in_two_processes_exactly_as_many_are_let_through_as_may_ask(url: str) -> None:
    quotas = [(replace(MEMBER, person=person), WHOLE, SHARED) for person in range(4)]
    async with open_store(url) as one, open_store(url) as other:
        both = cycle((one, other))
        asked = [next(both).quotas.count(of if turn % 2 else of[::-1]) for turn in range(20) for of in quotas]
        found = await asyncio.gather(*asked)
    assert found.count(None) == WHOLE.max_questions
    assert counts(url) == {"member": 5, "server": 5, "shared-person": 5}


async def test_two_processes_that_start_on_an_empty_table_count_each_question_once(url: str) -> None:
    wide = replace(MEMBER, max_questions=1000)
    async with open_store(url) as one, open_store(url) as other:
        stores = islice(cycle((one, other)), 30)
        assert set(await asyncio.gather(*(store.quotas.count([wide]) for store in stores))) == {None}
    assert counts(url) == {"member": 30}


async def test_a_restart_forgets_nothing(url: str) -> None:
    for number in range(4):
        async with open_store(url) as store:
            assert await store.quotas.count([MEMBER]) == (None if number < 3 else MEMBER)


async def test_each_person_is_told_once_in_a_window_and_again_of_another_number(store: Stores) -> None:
    for quota in (MEMBER, WHOLE):
        for person in (PERSON, 5):
            assert [await store.quotas.claim_notice(quota, person) for _ in range(2)] == [True, False]
        assert await store.quotas.claim_notice(replace(quota, max_questions=quota.max_questions + 1), PERSON)
        later = replace(quota, begins_at=DAY, ends_at=2 * DAY)
        assert await store.quotas.claim_notice(later, PERSON)
    assert await store.quotas.count([WHOLE]) is None, "nothing was counted by that"


async def test_of_several_who_could_tell_one_does(url: str) -> None:
    async with open_store(url) as one, open_store(url) as other:
        told = await asyncio.gather(*(store.quotas.claim_notice(WHOLE, PERSON) for store in (one, other) * 4))
    assert told.count(True) == 1


async def test_counts_are_forgotten_once_their_window_is_over(url: str, store: Stores, clock: HandClock) -> None:
    clock.now = 10 * DAY
    for person in range(5):
        over, runs = (
            replace(MEMBER, person=person, begins_at=begins, ends_at=begins + HOUR) for begins in (0, 10 * DAY)
        )
        await store.quotas.count((over, runs))
    ends_now = replace(WHOLE, begins_at=9 * DAY, ends_at=10 * DAY)
    await store.quotas.count([ends_now])
    assert await store.personal_data.expire_counts() == 6
    assert await store.personal_data.expire_counts() == 0
    assert counts(url) == {"member": 5}


async def test_what_is_counted_of_a_person_is_told_and_stays_until_it_ends(
    url: str, store: Stores, clock: HandClock
) -> None:
    clock.now = HOUR - 1
    await store.quotas.count((MEMBER, WHOLE, SHARED))
    await store.quotas.claim_notice(WHOLE, PERSON)
    await store.quotas.count([replace(MEMBER, person=5)])
    told = [
        StoredCount("member", SERVER, 0, HOUR, 1, 3, told=False),
        StoredCount("server", SERVER, 0, DAY, 0, 5, told=True),
        StoredCount("shared-person", None, 0, DAY, 1, 9, told=False),
    ]
    await store.personal_data.erase_person(PERSON, ())
    assert sorted(await store.personal_data.counts(PERSON), key=lambda count: count.whose) == told
    clock.now = HOUR
    await store.personal_data.erase_person(PERSON, ())
    assert sorted(await store.personal_data.counts(PERSON), key=lambda count: count.whose) == told[1:]
    assert counts(url)["member"] == 1, "somebody else's"


async def test_with_a_server_go_its_counts_but_not_what_it_asked_with_the_operators_credentials(
    url: str, store: Stores
) -> None:
    of_server = replace(SHARED, whose="shared-server", server=SERVER, person=0)
    await store.quotas.count((MEMBER, WHOLE, SHARED, of_server))
    await store.quotas.count([replace(MEMBER, server=8)])
    await store.quotas.claim_notice(of_server, PERSON)
    await store.personal_data.erase_server(SERVER)
    assert counts(url) == {"member": 1, "shared-person": 1, "shared-server": 1}
    assert {count.server for count in await store.personal_data.counts(PERSON)} == {8, None}


async def test_counting_is_one_statement(store: Stores) -> None:
    statements = list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        for _ in range(4):
            await store.quotas.count((MEMBER, WHOLE, SHARED))
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len(statements) == 4, statements
