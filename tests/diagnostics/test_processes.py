"""What `check` says about the processes of a bot."""

from bot.diagnostics.processes import processes_result
from bot.diagnostics.report import to_line
from bot.domain.cluster.shards import ShardShare
from tests.operations.cluster.processes import process


def test_its_own_shards() -> None:
    assert to_line(processes_result(ShardShare(1, 3, 12), 12, [])) == (
        "Processes: note. This one (CLUSTER_ID 1 of 3) would run shards 4 to 7 of 12."
    )
    assert to_line(processes_result(ShardShare(2, 3), None, [])) == (
        "Processes: note. This one (CLUSTER_ID 2 of 3) would run its share of as many shards as Discord recommends."
    )


def test_the_others_and_what_a_start_would_do() -> None:
    neighbour, same = process(1, 2, 4), process(0, 2, 4, state="finishing")
    line = to_line(processes_result(ShardShare(0, 2), 4, [neighbour, same]))
    assert "Running now: CLUSTER_ID 1 of 2 (running), CLUSTER_ID 0 of 2 (finishing)." in line
    assert line.endswith(
        "If you start it now, it takes its shards over; one that has none left finishes its answers and ends."
    )
    line = to_line(processes_result(ShardShare(0, 2), 4, [same, process(0, 2, 4)]))
    assert line.startswith("Processes: warning. ")
    assert line.endswith("run already, so it wouldn't start now: wait until one has ended, or stop one.")
