"""Every custom id that the bot gives to a button or a form.

Each names what it is for, and its handler checks that the right person uses it in the right place. Discord
takes ids of at most 100 characters (documentation, "Component Reference").
"""

import re

REPLY_ID = re.compile(r"reply:(?P<token>[\w:-]{1,94})", re.ASCII)
"""A button that an answer or the help offers; for everybody who sees it, in the channel where that is."""

CONTROL_ID = re.compile(
    r"steer:(?P<action>stop|retry|others|ask|show|page):(?P<answer>[\w-]{1,64})(?::(?P<what>[\w-]{1,32}))?", re.ASCII
)
"""A control of an answer; for its asker and people with Manage Messages, in its channel.

`what` is a provider's name for "ask", and a run's number for "show".
"""

RUN_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
"""A run's number, which every database takes."""

FORM_ID = re.compile(
    r"about:(?P<opened>[0-9]{1,20})(?::(?P<person>[0-9]{1,20}):(?P<channel>[0-9]{1,20}):(?P<message>[0-9]{1,20}))?"
)
"""The form of "Ask about this", with the id of the interaction that opened it; for that person, in that channel.

A form of an older version names no more than that interaction, and is refused.
"""

ERASE_ID = re.compile(r"erase:(?P<person>[0-9]{1,20})")
"""The button that erases what is kept about the person in it; for that person."""

RETENTION_ID = re.compile(r"retention:(?P<server>[0-9]{1,20}):(?P<person>[0-9]{1,20}):(?P<days>[0-9]{1,3})")
"""The button that shortens a server's retention, to the default if `days` is 0; for that person, in that server."""

WELCOME_ID = re.compile(
    r"welcome:(?P<action>try|who|where|check|provider|channels|everywhere|done):(?P<server>[0-9]{1,20})", re.ASCII
)
"""A control of a server's welcome, or of a card that it leads to; in that server.

"try" is for everybody, the others for people with Manage Server.
"""

WELCOME_FORM_ID = re.compile(r"welcome:ask:(?P<server>[0-9]{1,20})", re.ASCII)
"""The form for a first question; in that server."""

SETUP_ID = re.compile(
    r"setup:(?P<action>list|choose|show|enter|test|answer|try|remove|removed):(?P<card>[\w-]{1,32})"
    r":(?P<provider>[a-z0-9-]{0,32}):(?P<form>[a-z]{0,16})",
    re.ASCII,
)
"""A control of a card of `/setup`, about a provider and one of its forms; for the person who opened it, in that server,
as long as they have Manage Server."""

SETUP_FORM_ID = re.compile(
    r"setup:(?P<action>entered|asked):(?P<card>[\w-]{1,32}):(?P<provider>[a-z0-9-]{1,32}):(?P<form>[a-z]{0,16})",
    re.ASCII,
)
"""A form of such a card, likewise: a provider's values, or a test question."""

KNOWN_IDS = (
    *(REPLY_ID, CONTROL_ID, FORM_ID, ERASE_ID, RETENTION_ID, WELCOME_ID, WELCOME_FORM_ID),
    *(SETUP_ID, SETUP_FORM_ID),
)
