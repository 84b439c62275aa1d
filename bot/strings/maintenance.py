"""What the command line says: its help, and the commands `backup` and `copy-database`."""

PROGRAM = "Switchboard, a Discord bot that lets chatbots answer in your server."

MORE = (
    "Settings come from the environment and from .env in this folder; docs/settings.md lists them. SIGTERM "
    "or Ctrl-C stops the bot: answers in flight may go on for DRAIN_SECONDS, and a second Ctrl-C cuts them off."
)

COMMANDS = {
    "run": "run the bot (default)",
    "check": "check settings, database, token and credentials without going online in Discord",
    "backup": "copy the SQLite database into a new file, while the bot runs or not",
}
"""Each command, and what it does."""

BACKUP_FILE = "the file to make; it must not exist yet"


def use_pg_dump() -> str:
    """Return what to do instead: PostgreSQL has its own program."""
    return "DATABASE_URL leads to PostgreSQL: back it up with pg_dump, as docs/databases.md shows"


def backed_up(target: str, size: int) -> str:
    """Return the line for a backup of `size` bytes that is in its place."""
    return f"Backed up to {target} ({size / 1_000_000:.1f} MB, checked)."


def backup_interrupted() -> str:
    """Return the line for Ctrl-C."""
    return "Interrupted: no backup was made."
