"""The database: conversations, settings and buttons, in a SQLite file or on a PostgreSQL server."""

from bot.store.errors import DatabaseUnavailable, DatabaseUrlError
from bot.store.opening import open_store
from bot.store.store import Store
from bot.store.urls import parse_url

__all__ = ["DatabaseUnavailable", "DatabaseUrlError", "Store", "open_store", "parse_url"]
