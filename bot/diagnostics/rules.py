"""What each check found, as a sentence and a remedy, for `/doctor` and `python -m bot check`.

A remedy that begins with "For my host" is for the person who runs the bot, the others for the server's admins.
"""

from collections.abc import Sequence
from math import isfinite

from bot.answering.provider_health import HealthStatus
from bot.diagnostics.permissions import WANTED, Kind, Permission, missing_permissions
from bot.diagnostics.report import CheckResult, Status
from bot.domain.errors import ProviderError, RateLimited, Unauthorized
from bot.domain.provider import Provider
from bot.strings.errors import explain
from bot.strings.notices import later

_SLOW = 1.0
"""Seconds from which a database's or Discord's answer is slow enough to be felt."""

INTENT = "Message content intent"
COMMANDS = "Commands"
"""Titles of what only Discord can tell, for `discord_silent`."""

_PERMISSIONS = "Permissions"
_DATABASE = "Database"
_GATEWAY = "Connection to Discord"
_QUEUE = "Queue"
_SERVERS = "Servers"

_NAMED = 3
"""How many servers or commands are named; of more, only the number is told."""

_NAME_CHARS = 40

_BY_THE_INTENT = "text commands by prefix and answers without a mention"


def permissions_result(kind: Kind, here: int, in_server: int) -> list[CheckResult]:
    """Return what the bot lacks: `here` and `in_server` are what it is granted in this place and by its roles."""
    found = missing_permissions(kind, here)
    findings = []
    for level, missing in ((Status.ERROR, found.essential), (Status.WARNING, found.useful)):
        denied = [each for each in missing if each.within(in_server)]
        ungranted = [each for each in missing if not each.within(in_server)]
        if denied:
            where = "in the settings of the thread's channel" if kind == "thread" else "in this channel's settings"
            remedy = f"Allow that for my role {where}, under Permissions."
            findings.append(CheckResult(level, _PERMISSIONS, f"I'm missing {_purposes(denied)} here.", remedy))
        if ungranted:
            remedy = "Allow that for my role in the server's settings, under Roles, or open the invite link below."
            sentence = f"I'm missing {_purposes(ungranted, in_roles=True)} in this server."
            findings.append(CheckResult(level, _PERMISSIONS, sentence, remedy))
    return findings or [CheckResult(Status.OK, _PERMISSIONS, "I have every permission I need here.")]


def not_a_member() -> CheckResult:
    """Return the result for a server that has the bot's commands, but not the bot."""
    sentence = "This server has my commands, but I'm not a member. I can't see mentions or post messages."
    return CheckResult(Status.ERROR, _PERMISSIONS, sentence, "Open the invite link below.")


def locked_thread() -> CheckResult:
    """Return the result for a thread in which only moderators may write."""
    return CheckResult(Status.ERROR, "Thread", "It's locked, so I can't answer in it.", "Unlock it in its menu.")


def servers_result(servers: Sequence[tuple[str, int]], *, complete: bool = True) -> CheckResult:
    """Return what the bot lacks by its roles in each server, by name and permissions; `complete` if these are all."""
    if not servers:
        return CheckResult(
            Status.INFO, _SERVERS, "I'm not in any server yet.", "Open the invite link below to add me to one."
        )
    number = f"{len(servers)} server{'' if len(servers) == 1 else 's'}{'' if complete else ' or more'}"
    poor = [(name, missing) for name, granted in servers if (missing := _missing(granted))]
    if not poor:
        return CheckResult(Status.OK, _SERVERS, f"I'm in {number}, with every permission I need.")
    told = [f"in {_short(name)} {_listed([each.in_roles for each in missing])}" for name, missing in poor[:_NAMED]]
    more = f"; and in {len(poor) - _NAMED} more" if len(poor) > _NAMED else ""
    remedy = "Open the invite link below for such a server again, or use `/doctor` there."
    return CheckResult(
        Status.WARNING, _SERVERS, f"I'm in {number}. I'm missing permissions: {'; '.join(told)}{more}.", remedy
    )


def intent_result(*, set_on: bool, allowed: bool) -> CheckResult:
    """Return how the intent stands: `set_on` is the operator's setting, `allowed` the developer portal's."""
    if set_on and allowed:
        return CheckResult(Status.OK, INTENT, f"On: {_BY_THE_INTENT} work.")
    if set_on:
        sentence = "`MESSAGE_CONTENT_INTENT` is true, but Discord doesn't allow it, so my next connection will fail."
        remedy = (
            "For my host: turn on Message Content Intent under Bot in Discord's developer portal, or set it to false."
        )
        return CheckResult(Status.ERROR, INTENT, sentence, remedy)
    if allowed:
        sentence = f"Discord allows it, but `MESSAGE_CONTENT_INTENT` is not true: {_BY_THE_INTENT} are off."
        remedy = "For my host: set it to true, or turn the intent off in Discord's developer portal."
        return CheckResult(Status.WARNING, INTENT, sentence, remedy)
    sentence = f"Off, and so are {_BY_THE_INTENT}. Mentions, direct messages and slash commands work."
    return CheckResult(Status.INFO, INTENT, sentence)


def commands_result(own: frozenset[str], known: frozenset[str]) -> CheckResult:
    """Return whether Discord has the commands that the bot has, each by its full name, `/` included."""
    missing, obsolete = sorted(own - known), sorted(known - own)
    remedy = (
        "For my host: restart me, and I register them again. "
        "If that doesn't help, another program uses my token: stop it."
    )
    if missing:
        return CheckResult(Status.ERROR, COMMANDS, f"Discord doesn't know {_commands(missing)}.", remedy)
    if obsolete:
        return CheckResult(
            Status.WARNING, COMMANDS, f"Discord offers {_commands(obsolete)}, which I don't have.", remedy
        )
    return CheckResult(Status.OK, COMMANDS, f"Discord knows all {len(own)}.")


def registered_result(known: int) -> CheckResult:
    """Return how many commands Discord knows, seen from outside, where the bot's own are not loaded."""
    if not known:
        return CheckResult(Status.INFO, COMMANDS, "Discord knows none yet. I register them when I start.")
    return CheckResult(Status.OK, COMMANDS, f"Discord knows {known} of mine.")


def discord_silent(title: str) -> CheckResult:
    """Return the result for something that only Discord could have told, and did not in time."""
    return CheckResult(
        Status.WARNING, title, "Discord didn't answer, so I don't know.", "Please try again in a minute."
    )


def discord_limits(title: str, seconds: float) -> CheckResult:
    """Return the result for something that Discord tells again only after so many seconds (429)."""
    sentence = "Discord doesn't tell me, because it was asked too often from here."
    return CheckResult(Status.WARNING, title, sentence, f"Please try again {later(seconds)}.")


def provider_accepts(provider: Provider, why_not: str | None) -> CheckResult:
    """Return the result for credentials that were accepted, or that could not be tried: `why_not` says why."""
    if why_not is None:
        return CheckResult(Status.OK, provider.label, "It accepts my API key.")
    return CheckResult(Status.INFO, provider.label, f"Its API key is not checked: {why_not}.")


def provider_fails(provider: Provider, error: ProviderError) -> CheckResult:
    """Return the result for credentials whose trial failed."""
    variables = f"the variables that begin with `{provider.name.upper()}_`"
    if isinstance(error, RateLimited):
        return CheckResult(Status.WARNING, provider.label, explain(error), "Then use this command again.")
    if isinstance(error, Unauthorized):
        return CheckResult(Status.ERROR, provider.label, explain(error), f"For my host: they are {variables}.")
    return CheckResult(
        Status.ERROR, provider.label, explain(error), f"If this lasts, for my host: check {variables} and my network."
    )


def provider_timed_out(provider: Provider, seconds: float) -> CheckResult:
    """Return the result for a provider that had not said within `seconds` whether it accepts the credentials."""
    remedy = (
        "Please try again in a minute. If this lasts, for my host: check "
        f"`{provider.name.upper()}_API_URL`, and whether {provider.label} reports an outage."
    )
    return CheckResult(Status.ERROR, provider.label, f"It did not answer within {seconds:g} seconds.", remedy)


def provider_result(provider: Provider, latest: HealthStatus) -> CheckResult:
    """Return how a provider answered its latest question."""
    if latest.fault is None:
        return CheckResult(Status.OK, provider.label, "It answered its latest question.")
    sentence = f"My latest question to it ended with “{latest.fault.removesuffix('.')}”."
    if latest.lasting:
        return CheckResult(Status.ERROR, provider.label, sentence, "After that, ask it something and check again.")
    return CheckResult(Status.WARNING, provider.label, sentence, "Ask it something to see if that is over.")


def database_result(seconds: float) -> CheckResult:
    """Return the result for a database that took a note within `seconds`."""
    if seconds < _SLOW:
        return CheckResult(Status.OK, _DATABASE, f"Working ({_time(seconds)}).")
    remedy = "If this lasts, for my host: check the load and the disk of its machine."
    return CheckResult(Status.WARNING, _DATABASE, f"Writing takes {_time(seconds)}, which delays answers.", remedy)


def database_refuses() -> CheckResult:
    """Return the result for a database that cannot be written, or not in time."""
    sentence = "I can't write to it, so I have to refuse questions or can't remember conversations."
    remedy = (
        "For my host: check that the server in `DATABASE_URL` runs, or that its file and folder can be written and "
        "the disk has space. The log names the error."
    )
    return CheckResult(Status.ERROR, _DATABASE, sentence, remedy)


def database_closed(why: str) -> CheckResult:
    """Return the result for a database that cannot even be opened; `why` says so, without its password."""
    return CheckResult(
        Status.ERROR, _DATABASE, f"{why}.", "Correct `DATABASE_URL`, or make sure I can reach it and write to it."
    )


def gateway_result(seconds: float) -> CheckResult:
    """Return the result for the time between a heartbeat and Discord's answer; not finite before the first one."""
    if not isfinite(seconds):
        sentence = "Too new to measure. Check again in a minute."
        return CheckResult(Status.INFO, _GATEWAY, sentence)
    if seconds < _SLOW:
        return CheckResult(Status.OK, _GATEWAY, f"Working ({_time(seconds)} delay).")
    remedy = (
        "See <https://discordstatus.com> for outages. If there is none, for my host: check my machine and its network."
    )
    return CheckResult(Status.WARNING, _GATEWAY, f"The delay is {_time(seconds)}, so answers come late.", remedy)


def queue_result(waiting: int, most: int) -> CheckResult:
    """Return the result for a channel in which `waiting` questions wait, of `most` that may."""
    if waiting >= most:
        sentence = f"The queue in this channel is full ({most} questions), so I refuse more."
        return CheckResult(Status.ERROR, _QUEUE, sentence, "Wait for some answers, or ask me in another channel.")
    if waiting:
        return CheckResult(Status.OK, _QUEUE, f"{waiting} waiting in this channel (up to {most} can).")
    return CheckResult(Status.OK, _QUEUE, f"Empty (up to {most} questions can wait).")


def probe_crashed(title: str) -> CheckResult:
    """Return the result for something that could not be looked at because of a mistake in the bot."""
    sentence = "Something went wrong on my side while I checked this."
    return CheckResult(Status.ERROR, title, sentence, "For my host: the log says what.")


def _missing(granted: int) -> list[Permission]:
    return [permission for permission in WANTED if not permission.within(granted)]


def _purposes(permissions: Sequence[Permission], *, in_roles: bool = False) -> str:
    return _listed([f"**{each.in_roles if in_roles else each.title}** (needed {each.purpose})" for each in permissions])


def _commands(names: Sequence[str]) -> str:
    shown = [f"`{_short(name)}`" for name in names[:_NAMED]]
    return _listed(shown if len(names) <= _NAMED else [*shown, f"{len(names) - _NAMED} more commands"])


def _listed(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _time(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= _SLOW else f"{max(1, round(seconds * 1000))} ms"


def _short(name: str) -> str:
    line = " ".join(name.split())
    return line if len(line) <= _NAME_CHARS else f"{line[: _NAME_CHARS - 1]}…"
