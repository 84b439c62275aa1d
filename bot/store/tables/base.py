"""What holds all tables together."""

from sqlalchemy import MetaData

metadata = MetaData(
    naming_convention={
        "fk": "%(table_name)s_in_%(referred_table_name)s",
        "pk": "%(table_name)s_key",
    }
)
