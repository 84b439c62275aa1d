"""Which of a bot's processes does what is to be done once: registering the commands, and retention."""

from collections.abc import Iterable

from bot.domain.cluster.processes import Process


def is_on_duty(own: Process, others: Iterable[Process]) -> bool:
    """Return whether it is this process: of the smallest cluster, and there the youngest that is running.

    As long as none of that cluster is running, it is the oldest of those that start.
    """
    candidates = [each for each in (own, *others) if each.state != "finishing"]
    if own not in candidates:
        return False
    smallest = min(each.cluster for each in candidates)
    cluster = sorted((each for each in candidates if each.cluster == smallest), key=lambda each: each.joined_at)
    running = [each for each in cluster if each.state == "running"]
    return (running[-1] if running else cluster[0]) == own
