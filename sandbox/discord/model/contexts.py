"""Where an interaction happens, and by whose installation the application is there.

Discord's reference, "Interaction Context Types", "Authorizing Integration Owners Object" and "Installation Context".
"""

from enum import IntEnum


class Context(IntEnum):
    """What kind of place it is, as seen by one application."""

    GUILD = 0
    BOT_DM = 1
    PRIVATE_CHANNEL = 2


class Install(IntEnum):
    """Who installed the application: a server, or a person for their own account."""

    GUILD = 0
    USER = 1


Owners = dict[Install, int]
"""For each installation that counts, its owner's id; a server's is 0 in the direct message with the bot."""
