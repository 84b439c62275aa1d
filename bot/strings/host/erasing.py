"""What `python -m bot erase-all` says: what it would do, and what it has done."""

from collections.abc import Sequence
from typing import Protocol

YES = "erase without asking again; without it, the command only says what it would erase"


class Contents(Protocol):
    """How much a database held."""

    @property
    def answers(self) -> int:
        """Questions with their answers."""
        ...

    @property
    def turns(self) -> int:
        """Turns in the histories of conversations."""
        ...


def would_erase(where: str, answers: int, turns: int, files: Sequence[str]) -> str:
    """Return what the command would do: `files` are those that it would overwrite and remove, none of a server's."""
    if files:
        how = f"It overwrites and removes {', '.join(files)}."
    else:
        how = "It drops the bot's tables, and leaves other tables alone."
    return "\n".join(
        [
            f"Nothing is erased yet. This would erase everything that the bot stored at {where}:",
            f"{_amount(answers, turns)}, all settings, and what is known of servers and people.",
            how,
            _beyond(is_file=bool(files)),
            "To do it, stop the bot, and run the same command with --yes. It can't be undone.",
        ]
    )


def erased(where: str, contents: Contents, *, is_file: bool) -> str:
    """Return what was erased, and what the command could not reach."""
    amount = _amount(contents.answers, contents.turns)
    return f"Erased everything at {where}: {amount}, and all settings.\n{_beyond(is_file=is_file)}"


def erasing_interrupted() -> str:
    """Return the line for Ctrl-C."""
    return "Interrupted: not everything is erased; run the same command again, or delete what is left."


def _amount(answers: int, turns: int) -> str:
    return (
        f"{answers} question{'' if answers == 1 else 's'} with their answers, "
        f"{turns} exchange{'' if turns == 1 else 's'} saved as conversation history"
    )


def _beyond(*, is_file: bool) -> str:
    """Return what is not erased by the command."""
    if is_file:
        elsewhere = "the disk may keep old blocks of the files for a while (snapshots, flash memory)"
    else:
        elsewhere = "the server's write-ahead log, replicas and archives keep old pages until they are recycled"
    return (
        "It doesn't know your backups and copies: delete those yourself. Messages in Discord stay, the chatbots keep "
        f"what they were sent, and {elsewhere}."
    )
