"""Of one cluster two processes may live, and those of different clusters agree on how many shards there are."""

from dataclasses import replace

import pytest

from bot.domain.cluster.shards import ShardShare
from bot.operations.cluster.joining import admit, agreed_count, sentence_for_counts
from tests.operations.cluster.processes import process


def test_the_third_of_a_cluster_is_refused() -> None:
    share, own = ShardShare(0, 2, 4), process(0, 2, 4)
    same = [process(0, 2, 4), process(0, 2, 4, state="finishing")]
    others = [process(1, 2, 4), process(1, 2, 4)]
    assert admit(share, own, []) == own
    assert admit(share, own, others) == own
    assert admit(share, own, [*others, same[0]]) == own
    assert admit(share, own, [*others, *same]) is None


@pytest.mark.parametrize(
    ("share", "count"),
    [
        (ShardShare(0, 2, 6), 6),
        (ShardShare(0, 2), 4),
        (ShardShare(1, 2), None),  # no other cluster's that stays, and it may change its own
        (ShardShare(0, 1), None),
        (ShardShare(0, 3), None),
    ],
)
def test_the_shard_count(share: ShardShare, count: int | None) -> None:
    others = [process(1, 2, 5), process(1, 2, 4), process(0, 2, 3, state="finishing"), process(0, 5, 7)]
    assert agreed_count(share, others) == count
    assert agreed_count(share, []) == share.shard_count


def test_who_joins_takes_the_count_of_the_others_and_else_its_own() -> None:
    for others, count in (([], 8), ([process(1, 2, 4)], 4)):
        joined = admit(ShardShare(0, 2), process(0, 2, 8), others)
        assert joined is not None
        assert joined.shard_count == count


def test_different_counts_are_told() -> None:
    own, other = process(0, 2, 4), process(1, 2, 8)
    assert sentence_for_counts(own, [other]) == (
        "this process runs its share of 4 shards, but cluster 1 of 8; give all processes the same SHARD_COUNT"
    )
    assert sentence_for_counts(own, [replace(other, shard_count=4), process(0, 2, 9), process(0, 1, 9)]) is None
