"""The database: answers, conversations and settings, in a SQLite file or on a PostgreSQL server.

Nothing is imported here: settings check an address with `bot.store.addresses` before SQLAlchemy is loaded.
"""
