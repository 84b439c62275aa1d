"""What `python -m bot rotate-keys` and `encrypt-texts` say."""

from collections.abc import Mapping, Sequence


def no_key() -> str:
    """Return the line if there is no key to encrypt with."""
    return "SECRET_KEY is not set: put there what `python -m bot new-key` prints, and restart the bot with it first"


def encrypted(count: int) -> str:
    """Return what `encrypt-texts` has done."""
    return f"Encrypted {_texts(count)}. None is in clear now." if count else "No text was in clear."


def rotated(count: int) -> str:
    """Return what `rotate-keys` has done."""
    done = f"Encrypted {_texts(count)} again." if count else "No text was encrypted with another key."
    return f"{done} The first key of SECRET_KEY reads all that is encrypted. Backups from before still need the others."


def incomplete(count: int) -> str:
    """Return what was done, if others went on writing what should be encrypted."""
    return f"Encrypted {_texts(count)}, but more came while I did; run the same command again."


def unreadable(count: int, columns: Mapping[str, int]) -> str:
    """Return what was done, and how many texts of which columns stay as they are."""
    named = ", ".join(f"{number} in {name}" for name, number in sorted(columns.items()))
    total = sum(columns.values())
    done = f"Encrypted {_texts(count)}; " if count else ""
    stay = "and stays as it is" if total == 1 else "and stay as they are"
    return (
        f"{done}{_texts(total)} can't be read with the keys in SECRET_KEY, {stay}: "
        f"{named}. If a key is missing, put it behind the others, and run the same command again."
    )


def vacuumed(where: str) -> str:
    """Return the line for a file that no longer holds anything of the old texts."""
    return f"VACUUM rewrote {where}, so nothing of the old texts is left in it. Your backups still hold them."


def not_vacuumed(reason: str) -> str:
    """Return the line for a file that could not be written afresh."""
    return (
        f"VACUUM was left out: {reason}. The file may still hold parts of old texts. To remove them, stop the bot and "
        "run the same command again. Your backups still hold them."
    )


def vacuum_server(tables: Sequence[str]) -> str:
    """Return the line for a server, which cleans up by itself."""
    return (
        "The server removes what is left of the old texts in time. To have it done at once, stop the bot and run "
        f"VACUUM FULL {', '.join(tables)}; in psql. Its archives and your backups still hold them."
    )


def log_in_use(where: str) -> str:
    """Return the line for a write-ahead log that others were reading."""
    return f"{where}-wal could not be emptied, since another process reads it. It is emptied when the bot stops."


def encrypting_interrupted() -> str:
    """Return the line for Ctrl-C."""
    return "Interrupted: run the same command again to resume."


def _texts(count: int) -> str:
    return f"{count:,} text{'' if count == 1 else 's'}"
