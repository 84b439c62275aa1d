"""A process leaves each shard once all of its servers are at younger processes, whatever counts they use."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cluster.shards import shard_of
from bot.operations.cluster.handing_over import find_held, has_left, is_taken_over, planned_shards
from tests.operations.cluster.processes import process, ready


def test_alone_a_process_holds_all() -> None:
    own = ready(process(shard_count=3))
    assert find_held(own, ()) == {0, 1, 2}
    assert not is_taken_over(own, ())


def test_shard_by_shard() -> None:
    own = ready(process(shard_count=3))
    successor = process(shard_count=3, state="starting")
    assert find_held(own, [successor]) == {0, 1, 2}
    assert is_taken_over(own, [successor])
    assert find_held(own, [replace(successor, shards=frozenset({1}))]) == {0, 2}
    assert find_held(own, [ready(successor)]) == set()


def test_the_elder_gives_nothing_back() -> None:
    elder, own = ready(process(shard_count=2)), ready(process(shard_count=2))
    assert find_held(own, [elder]) == {0, 1}
    assert not is_taken_over(own, [elder])


def test_what_a_successor_leaves_again_is_held_again() -> None:
    own, successor = ready(process(shard_count=2)), ready(process(shard_count=2))
    ending = replace(successor, state="finishing")
    assert find_held(own, [ending]) == {0, 1}
    assert not is_taken_over(own, [ending])


def test_other_clusters_take_nothing() -> None:
    own, other = ready(process(0, 2, 4)), ready(process(1, 2, 4))
    assert find_held(own, [other]) == {0, 1}
    assert find_held(other, [own]) == {2, 3}
    assert not is_taken_over(own, [other])


def test_one_process_becomes_three() -> None:
    own = ready(process(shard_count=12))
    clusters = [process(cluster, 3, 12, state="starting") for cluster in range(3)]
    assert is_taken_over(own, clusters[1:2])
    assert find_held(own, [clusters[0], ready(clusters[1])]) == {0, 1, 2, 3, 8, 9, 10, 11}
    assert find_held(own, [ready(each) for each in clusters]) == set()


def test_three_processes_become_one() -> None:
    old = [ready(process(cluster, 3, 12)) for cluster in range(3)]
    new = process(shard_count=12, shards=range(6))
    assert [len(find_held(each, [*old, new])) for each in old] == [0, 2, 4]
    assert [len(find_held(each, [*old, ready(new)])) for each in old] == [0, 0, 0]


def test_more_shards_than_before() -> None:
    own = ready(process(shard_count=2))
    successor = process(shard_count=4)
    assert find_held(own, [replace(successor, shards=frozenset({0, 1, 3}))]) == {0}
    assert find_held(own, [ready(successor)]) == set()


def test_the_rest_of_another_count_is_at_other_clusters() -> None:
    own = ready(process(0, 2, 4))
    first, second = (process(cluster, 2, 8) for cluster in range(2))
    assert find_held(own, [ready(first), second]) == {0, 1}
    assert find_held(own, [ready(first), ready(second)]) == set()


counts = st.integers(1, 30)


@given(counts, counts, st.data())
def test_no_server_is_left_that_nobody_has(old: int, new: int, data: st.DataObject) -> None:
    own, successor = ready(process(shard_count=old)), process(shard_count=new)
    has = data.draw(st.frozensets(st.sampled_from(range(new))))
    held = find_held(own, [replace(successor, shards=has)])
    for number in range(old * new):
        server = number << 22
        if shard_of(server, new) not in has:
            assert shard_of(server, old) in held
    if has == set(planned_shards(successor)):
        assert held == set()


def test_where_a_predecessor_still_writes_and_hears_nothing() -> None:
    own = ready(process(shard_count=2))
    successor = process(shard_count=2, shards=[1])
    zero, one = 0 << 22, 1 << 22
    assert [has_left(own, server, [successor]) for server in (zero, one, None)] == [False, True, False]
    ending = replace(own, state="finishing")
    assert [has_left(ending, server, [successor]) for server in (zero, one, None)] == [True, True, True]
    assert not has_left(replace(ending, shards=frozenset({0})), one, [successor])
