"""What the command line says: its help, and the commands `backup` and `copy-database`; others are in `host/`."""

PROGRAM = "Switchboard, a Discord bot that lets chatbots answer in your server."

MORE = (
    "Settings come from the environment and from .env in this folder; docs/settings.md lists them. SIGTERM "
    "or Ctrl-C stops the bot: answers in flight may go on for DRAIN_SECONDS, and a second Ctrl-C cuts them off. "
    "A second process on the same database (of several: with the same CLUSTER_ID) takes over from the first, which "
    "finishes its answers and ends."
)

COMMANDS = {
    "run": "run the bot (default)",
    "check": "check settings, database, token and credentials without going online in Discord",
    "backup": "copy the SQLite database into a new file, while the bot runs or not",
    "copy-database": "copy everything from SQLite to PostgreSQL or back, while no bot runs; run it again to resume",
    "new-key": "print a fresh key for SECRET_KEY, which encrypts what is stored",
    "encrypt-texts": "encrypt what was stored without SECRET_KEY, while the bot runs or not; run it again to resume",
    "rotate-keys": "encrypt all with the first key of SECRET_KEY, while the bot runs or not; run it again to resume",
    "erase-all": "erase everything that the bot stored, at the end of its operation, while no bot runs",
    "review-answers": "print what to answer to Discord's review of privileged intents, as these settings have it",
}
"""Each command, and what it does."""

COPY_FROM = "the database to copy, as DATABASE_URL names it"
COPY_TO = "an empty database of the other kind"
BACKUP_FILE = "the file to make; it must not exist yet"


def use_pg_dump() -> str:
    """Return what to do instead: PostgreSQL has its own program."""
    return "DATABASE_URL leads to PostgreSQL: back it up with pg_dump, as docs/databases.md shows"


def backed_up(target: str, size: int) -> str:
    """Return the line for a backup of `size` bytes that is in its place."""
    return f"Backed up to {target} ({size / 1_000_000:.1f} MB, checked)."


def same_database() -> str:
    """Return the line for a database that would be copied into itself."""
    return "FROM and TO are the same database; see --help"


def same_kind() -> str:
    """Return the line for two databases of one kind."""
    return "one of FROM and TO must be SQLite and the other PostgreSQL; for a copy of one kind use backup or pg_dump"


def copied(source: str, target: str, rows: int) -> str:
    """Return the line for a copy that is finished and the same as its source."""
    return f"Copied {rows} rows from {source} to {target}, and compared each. Now set DATABASE_URL to the new one."


def copy_interrupted() -> str:
    """Return the line for Ctrl-C."""
    return "Interrupted: run the same command again to resume."


def backup_interrupted() -> str:
    """Return the line for Ctrl-C."""
    return "Interrupted: no backup was made."
