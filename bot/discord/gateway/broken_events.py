"""Takes out of READY and GUILD_CREATE what discord.py cannot read.

Other events are dropped as a whole. Without these two, the bot would serve nobody, or nobody in a server.
"""

from typing import Any

import discord
from discord.state import ConnectionState
from yarl import URL

Event = dict[str, Any]
"""What came with an event, of whatever shape."""


def repair_ready(data: Event, shard: tuple[int | None, int | None], address: URL) -> Event:
    """Return a READY with readable servers; `shard` and `address` of the connection serve if READY names none."""
    return data | {
        "guilds": [{"id": each["id"], "unavailable": True} for each in _list(data, "guilds") if _has_id(each)],
        "shard": list(shard),
        "resume_gateway_url": str(_address(data.get("resume_gateway_url")) or address),
    }


def repair_guild(data: Event, state: ConnectionState[Any]) -> Event:
    """Return a GUILD_CREATE with only those channels, roles, members and so on that discord.py can read by themselves.

    What is wrong with the server itself stays as it is.
    """
    lists = {name: data.get(name, []) for name in _LISTS}
    return data | {name: _readable(data.get("id"), name, parts, state) for name, parts in lists.items()}


_LISTS = (
    "channels",
    "guild_scheduled_events",
    "members",
    "presences",
    "roles",
    "soundboard_sounds",
    "stage_instances",
    "threads",
    "voice_states",
)
"""What discord.py reads part by part; emoji and stickers only for bots that ask for them."""


def _readable(server: Any, name: str, parts: Any, state: ConnectionState[Any]) -> list[Any]:  # noqa: ANN401 - anything
    """Return the readable parts of one of a server's lists; halves with nothing broken in them are read at once."""
    if not isinstance(parts, list):
        return []
    if _is_readable({"id": server, name: parts}, state):
        return parts
    if len(parts) == 1:
        return []
    halves = parts[: len(parts) // 2], parts[len(parts) // 2 :]
    return [part for half in halves for part in _readable(server, name, half, state)]


def _is_readable(server: Event, state: ConnectionState[Any]) -> bool:
    """Return whether discord.py can make a server of this, which then is thrown away."""
    try:
        discord.Guild(data=server, state=state)  # type: ignore[arg-type]  # that is what is to be found out
    except Exception:  # noqa: BLE001 - an event may be broken in any way
        return False
    return True


def _list(data: Event, name: str) -> list[Any]:
    found = data.get(name)
    return found if isinstance(found, list) else []


def _address(text: object) -> URL | None:
    try:
        return URL(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _has_id(part: object) -> bool:
    return isinstance(part, dict) and str(part.get("id")).isdecimal()
