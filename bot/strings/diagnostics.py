"""What `/doctor` and `python -m bot check` say about Discord: permissions, commands, the connection and the queue.

Most functions return two texts: what was found, and the remedy. A remedy that begins with "For my host" is for the
person who runs the bot, the others are for the server's admins.
"""

from collections.abc import Mapping, Sequence

from bot.strings.markup import MAX_NAME_CHARS, shorten, with_unit
from bot.strings.notices import later

PERMISSIONS = "Permissions"
THREAD = "Thread"
THREADS = "Threads"
SERVERS = "Servers"
INTENT = "Message content intent"
COMMANDS = "Commands"
GATEWAY = "Connection to Discord"
QUEUE = "Queue"
"""The titles of the lines."""

LEVEL_NAMES: Mapping[str, str] = {"ERROR": "error", "WARNING": "warning", "INFO": "note", "OK": "OK"}
"""What a status is called in a terminal, by its name in the program."""

_PURPOSES: Mapping[str, str] = {
    "View Channel": "to see questions",
    "View Channels": "to see questions",
    "Send Messages": "to answer",
    "Send Messages in Threads": "to answer in threads",
    "Embed Links": "to show cards and pictures",
    "Attach Files": "to send very long answers as a file",
    "Read Message History": "to answer as a reply",
    "Connect": "to take part in a voice channel's chat",
    "Change Nickname": "to use the name that `/settings name` sets",
}
"""What the bot needs each permission for, by Discord's name for it in a channel's or a role's menu."""

_NAMED = 3
"""How many servers or commands are named; of more, only the number is told."""

_BY_THE_INTENT = "text commands by prefix and answers without a mention"


def heading(problems: int, warnings: int) -> str:
    """Return the first line of a report."""
    if problems:
        return f"**{_count(problems, 'problem')} to fix here.**"
    return f"**I can answer here, with {_count(warnings, 'warning')}.**" if warnings else "**Everything works here.**"


def invite_in_report(link: str) -> str:
    """Return the last line of a report in Discord."""
    return f"-# Invite link with every permission I need: <{link}>"


def invite_in_terminal(link: str) -> str:
    """Return the line of `python -m bot check` with the invite link."""
    return f"Invite link: {link}"


def all_permissions() -> str:
    """Return the line for a place in which no permission is missing."""
    return "I have every permission I need here."


def denied_here(permissions: Sequence[str], *, in_thread: bool) -> tuple[str, str]:
    """Return the line about permissions that roles grant and the channel denies."""
    where = "in the settings of the thread's channel" if in_thread else "in this channel's settings"
    return f"I'm missing {_with_purposes(permissions)} here.", f"Allow that for my role {where}, under Permissions."


def not_granted(permissions: Sequence[str]) -> tuple[str, str]:
    """Return the line about permissions that no role grants."""
    return (
        f"I'm missing {_with_purposes(permissions)} in this server.",
        "Allow that for my role in the server's settings, under Roles, or open the invite link below.",
    )


def not_a_member() -> tuple[str, str]:
    """Return the line for a server that has the bot's commands, but not the bot."""
    return (
        "This server has my commands, but I'm not a member. I can't see mentions or post messages.",
        "Open the invite link below.",
    )


def locked_thread() -> tuple[str, str]:
    """Return the line for a thread in which only moderators may write."""
    return "It's locked, so I can't answer in it.", "Unlock it in its menu."


def cannot_start_threads(permission: str) -> tuple[str, str]:
    """Return the line for a channel whose answers are to get threads, and do not for want of a permission."""
    return (
        f"I'm missing **{permission}** here, so my answers get no threads (`/settings threads`).",
        "Allow that for my role in this channel's settings, under Permissions.",
    )


def in_no_server() -> tuple[str, str]:
    """Return the line for a bot that nobody has invited yet."""
    return "I'm not in any server yet.", "Open the invite link below to add me to one."


def servers_are_well(number: int, *, complete: bool) -> str:
    """Return the line for servers that all grant every permission; `complete` if these are all servers."""
    return f"I'm in {_servers(number, complete)}, with every permission I need."


def servers_lack(number: int, lacks: Sequence[tuple[str, Sequence[str]]], *, complete: bool) -> tuple[str, str]:
    """Return the line for `number` servers; `lacks` are those that grant too little, with what is missing."""
    told = [f"in {_short(name)} {_listed(missing)}" for name, missing in lacks[:_NAMED]]
    more = f"; and in {len(lacks) - _NAMED} more" if len(lacks) > _NAMED else ""
    return (
        f"I'm in {_servers(number, complete)}. I'm missing permissions: {'; '.join(told)}{more}.",
        "Open the invite link below for such a server again, or use `/doctor` there.",
    )


def intent_works() -> str:
    """Return the line for an intent that is on in the settings and in Discord's developer portal."""
    return f"On: {_BY_THE_INTENT} work."


def intent_not_allowed() -> tuple[str, str]:
    """Return the line for an intent that is on in the settings only."""
    return (
        "`MESSAGE_CONTENT_INTENT` is true, but Discord doesn't allow it, so my next connection will fail.",
        "For my host: turn on Message Content Intent under Bot in Discord's developer portal, or set it to false.",
    )


def intent_not_set() -> tuple[str, str]:
    """Return the line for an intent that is on in the developer portal only."""
    return (
        f"Discord allows it, but `MESSAGE_CONTENT_INTENT` is not true: {_BY_THE_INTENT} are off.",
        "For my host: set it to true, or turn the intent off in Discord's developer portal.",
    )


def intent_off() -> str:
    """Return the line for an intent that is off in both."""
    return f"Off, and so are {_BY_THE_INTENT}. Mentions, direct messages and slash commands work."


def commands_unknown(names: Sequence[str]) -> tuple[str, str]:
    """Return the line about commands that Discord does not know."""
    return f"Discord doesn't know {_commands(names)}.", _REGISTER_AGAIN


def commands_obsolete(names: Sequence[str]) -> tuple[str, str]:
    """Return the line about commands that only Discord knows."""
    return f"Discord offers {_commands(names)}, which I don't have.", _REGISTER_AGAIN


_REGISTER_AGAIN = (
    "For my host: restart me, and I register them again. If that doesn't help, another program uses my token: stop it."
)


def commands_known(number: int) -> str:
    """Return the line for commands that Discord knows, all of them."""
    return f"Discord knows all {number}."


def commands_registered(number: int) -> str:
    """Return the line about how many commands Discord knows, if the bot's own are not loaded."""
    return f"Discord knows {number} of mine." if number else "Discord knows none yet. I register them when I start."


def discord_silent() -> tuple[str, str]:
    """Return the line for what only Discord can tell, if it did not in time."""
    return "Discord didn't answer, so I don't know.", "Please try again in a minute."


def discord_limits(seconds: float) -> tuple[str, str]:
    """Return the line for what Discord tells again only after so many seconds (429)."""
    return "Discord doesn't tell me, because it was asked too often from here.", f"Please try again {later(seconds)}."


def gateway_too_new() -> str:
    """Return the line for a connection without a measured delay."""
    return "Too new to measure. Check again in a minute."


def gateway_works(seconds: float) -> str:
    """Return the line for a connection with this delay."""
    return f"Working ({with_unit(seconds)} delay)."


def gateway_slow(seconds: float) -> tuple[str, str]:
    """Return the line for a connection whose delay is felt."""
    return (
        f"The delay is {with_unit(seconds)}, so answers come late.",
        "See <https://discordstatus.com> for outages. If there is none, for my host: check my machine and its network.",
    )


def queue_full(limit: int) -> tuple[str, str]:
    """Return the line for a channel in which no more questions may wait."""
    return (
        f"The queue in this channel is full ({limit} questions), so I refuse more.",
        "Wait for some answers, or ask me in another channel.",
    )


def queue_open(waiting: int, limit: int) -> str:
    """Return the line for a channel in which `waiting` questions wait, of `limit` that may."""
    if waiting:
        return f"{waiting} waiting in this channel (up to {limit} can)."
    return f"Empty (up to {limit} questions can wait)."


def check_crashed() -> tuple[str, str]:
    """Return the line for something that could not be looked at because of a mistake in the bot."""
    return "Something went wrong on my side while I checked this.", "For my host: the log says what."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _servers(number: int, complete: bool) -> str:
    return f"{_count(number, 'server')}{'' if complete else ' or more'}"


def _with_purposes(permissions: Sequence[str]) -> str:
    return _listed([f"**{name}** (needed {_PURPOSES[name]})" for name in permissions])


def _commands(names: Sequence[str]) -> str:
    shown = [f"`{_short(name)}`" for name in names[:_NAMED]]
    return _listed(shown if len(names) <= _NAMED else [*shown, f"{len(names) - _NAMED} more commands"])


def _listed(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _short(name: str) -> str:
    return shorten(" ".join(name.split()), MAX_NAME_CHARS)
