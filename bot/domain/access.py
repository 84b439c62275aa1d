"""Who may use the bot at all: the servers and people that its host allows or blocks."""

import re
from dataclasses import dataclass

_LARGEST_ID = (1 << 64) - 1
"""Discord's ids are unsigned numbers of 64 bits (documentation, "Snowflakes")."""


@dataclass(frozen=True, slots=True)
class Access:
    """What the host set; `allowed_servers` is None if every server is allowed that is not blocked.

    What is blocked stays so if it is allowed as well. Direct messages belong to no server, and are not limited by them.
    """

    allowed_servers: frozenset[int] | None = None
    blocked_servers: frozenset[int] = frozenset()
    blocked_users: frozenset[int] = frozenset()

    def serves(self, server: int | None) -> bool:
        """Return whether the bot may be and work in a server; it may in direct messages, which have none."""
        if server is None:
            return True
        is_allowed = self.allowed_servers is None or server in self.allowed_servers
        return is_allowed and server not in self.blocked_servers

    def ignores(self, person: int) -> bool:
        """Return whether the host has blocked a person."""
        return person in self.blocked_users


EVERYBODY = Access()
"""What holds if the host set nothing."""


def parse_ids(value: str) -> frozenset[int]:
    """Return the Discord ids in a list with commas between them; raises ValueError, which says what to do.

    The value is not repeated: it may be something else, in the wrong place.
    """
    entries = [entry.strip() for entry in value.split(",")]
    ids = set[int]()
    for number, entry in enumerate(entries, 1):
        if not entry and number == len(entries) > 1:
            continue  # a comma at the end
        if not re.fullmatch("[0-9]{1,20}", entry) or not 0 < int(entry) <= _LARGEST_ID:
            raise ValueError(
                f"has no Discord id as entry {number} of {len(entries)}: give ids with commas between them, as "
                "Discord's Copy ID gives them in Developer Mode"
            )
        ids.add(int(entry))
    return frozenset(ids)
