"""A SQLite database's file, before it is opened."""

import os

from bot.store.addresses.urls import SqliteFile


def make_file(address: SqliteFile) -> None:
    """Make the file and its folder if they are missing; what people wrote is for the bot's own user to read."""
    address.path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(address.path, os.O_RDWR | os.O_CREAT, 0o600))
