"""The database's address, told apart and checked without opening anything.

Settings are checked before SQLAlchemy is loaded, so nothing of it is imported here.
"""
