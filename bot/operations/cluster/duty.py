"""Which of a bot's processes does what is to be done once: registering the commands, and retention."""

from collections.abc import Iterable

from bot.domain.cluster.processes import Process


def is_on_duty(own: Process, others: Iterable[Process]) -> bool:
    """Return whether it is this process: the one that joined first, of those that are not finishing.

    Processes join one after the other, and each sees those before it. So one that joins later never takes this away
    from another in the middle of its work, and two that start at the same time never both do it.

    A process that could not join yet is only on duty if it is to be the only one.
    """
    if own.state == "finishing" or (own.clusters > 1 and not own.joined_at):
        return False
    return all(other.state == "finishing" or own.joined_at < other.joined_at for other in others)
