"""What a command needs to find before it works on a database that is in use."""

import asyncio

from bot.store.addresses.urls import Address, SqliteFile
from bot.store.engine import Engine
from bot.store.errors import MaintenanceError
from bot.store.upgrade import Schema, read_schema


def check_file(address: Address) -> None:
    """Raise `MaintenanceError` if there is no file."""
    if isinstance(address, SqliteFile) and not address.path.is_file():
        raise MaintenanceError(f"there is no database at {address}")


async def check_schema(engine: Engine, address: Address, max_seconds: float) -> None:
    """Raise `MaintenanceError` if the tables are not this version's."""
    async with asyncio.timeout(max_seconds):
        schema = await read_schema(engine)
    match schema:
        case Schema.OLDER:
            raise MaintenanceError(f"{address} is of an older version; start the bot on it once, and stop it again")
        case Schema.EMPTY:
            raise MaintenanceError(f"{address} holds no tables of the bot")
        case _:
            return
