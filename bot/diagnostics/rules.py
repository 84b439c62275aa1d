"""Which status each check has, for `/doctor` and `python -m bot check`; what it says is in `bot/strings`."""

from collections.abc import Sequence
from math import isfinite

from bot.answering.health.provider_health import HealthStatus
from bot.diagnostics.permissions import CREATE_PUBLIC_THREADS, WANTED, Kind, missing_permissions
from bot.diagnostics.report import CheckResult, Status
from bot.domain.access import EVERYBODY, Access
from bot.domain.errors import NoChatbot, ProviderError, RateLimited, Unauthorized
from bot.domain.provider import Account, Checked, NotReady, Owner, Provider
from bot.domain.runtime.database_health import DatabaseFault, Soundness
from bot.domain.settings.server_settings import Reach
from bot.strings import dependencies, diagnostics, reach
from bot.strings.errors import explain
from bot.strings.host import access as host
from bot.strings.host import processes

_RECENT = 60.0
"""For how many seconds a failure of the database is worth a line."""

_SLOW = 1.0
"""Seconds from which a database's or Discord's answer is slow enough to be felt."""


def permissions_result(kind: Kind, here: int, in_server: int) -> list[CheckResult]:
    """Return what the bot lacks: `here` and `in_server` are what it is granted in this place and by its roles."""
    found = missing_permissions(kind, here)
    findings = []
    for level, missing in ((Status.ERROR, found.essential), (Status.WARNING, found.useful)):
        denied = [each.title for each in missing if each.within(in_server)]
        ungranted = [each.in_roles for each in missing if not each.within(in_server)]
        if denied:
            said = diagnostics.denied_here(denied, in_thread=kind == "thread")
            findings.append(CheckResult(level, diagnostics.PERMISSIONS, *said))
        if ungranted:
            findings.append(CheckResult(level, diagnostics.PERMISSIONS, *diagnostics.not_granted(ungranted)))
    return findings or [CheckResult(Status.OK, diagnostics.PERMISSIONS, diagnostics.all_permissions())]


def not_a_member() -> CheckResult:
    """Return the result for a server that has the bot's commands, but not the bot."""
    return CheckResult(Status.ERROR, diagnostics.PERMISSIONS, *diagnostics.not_a_member())


def locked_thread() -> CheckResult:
    """Return the result for a thread in which only moderators may write."""
    return CheckResult(Status.ERROR, diagnostics.THREAD, *diagnostics.locked_thread())


def threads_result(here: int) -> list[CheckResult]:
    """Return what the bot lacks in a channel whose answers are to get threads, besides what it lacks anyway."""
    if CREATE_PUBLIC_THREADS.within(here):
        return []
    said = diagnostics.cannot_start_threads(CREATE_PUBLIC_THREADS.title)
    return [CheckResult(Status.WARNING, diagnostics.THREADS, *said)]


def reach_result(where: Reach, roles: Sequence[int]) -> CheckResult:
    """Return whether the server has the bot answer here, and for whom; `roles` are those chosen that it still has."""
    if not where.here:
        return CheckResult(Status.ERROR, reach.PLACES, *reach.excluded_here(where.mode))
    if where.roles is None:
        return CheckResult(Status.OK, reach.PLACES, reach.answers_everybody_here())
    if not roles:
        return CheckResult(Status.ERROR, reach.PLACES, *reach.roles_gone())
    return CheckResult(Status.INFO, reach.PLACES, reach.answers_roles(roles))


def access_result(access: Access, shared_limit: int | None = None, *, is_shared: bool = True) -> CheckResult:
    """Return what keeps strangers from using the bot, and from spending the host's credits.

    `shared_limit` is how many questions a day may be asked with the host's credentials, None for any number; servers
    may use those if they are `is_shared`.
    """
    if access == EVERYBODY and shared_limit is None and is_shared:
        return CheckResult(Status.INFO, host.ACCESS, *host.anybody())
    return CheckResult(Status.OK, host.ACCESS, host.limits(access, shared_limit, is_shared=is_shared))


def brought_result(servers: int) -> CheckResult:
    """Return how many servers brought credentials of their own."""
    return CheckResult(Status.OK, dependencies.CHATBOTS_OF_SERVERS, dependencies.servers_brought(servers))


def servers_result(servers: Sequence[tuple[str, int]], *, complete: bool = True) -> CheckResult:
    """Return what the bot lacks by its roles in each server, by name and permissions; `complete` if these are all."""
    if not servers:
        return CheckResult(Status.INFO, diagnostics.SERVERS, *diagnostics.in_no_server())
    lacks = [(name, missing) for name, granted in servers if (missing := _missing(granted))]
    if not lacks:
        said = diagnostics.servers_are_well(len(servers), complete=complete)
        return CheckResult(Status.OK, diagnostics.SERVERS, said)
    return CheckResult(
        Status.WARNING, diagnostics.SERVERS, *diagnostics.servers_lack(len(servers), lacks, complete=complete)
    )


def intent_result(*, set_on: bool, allowed: bool) -> CheckResult:
    """Return how the intent is set: `set_on` is the operator's setting, `allowed` the developer portal's."""
    if set_on and allowed:
        return CheckResult(Status.OK, diagnostics.INTENT, diagnostics.intent_works())
    if set_on:
        return CheckResult(Status.ERROR, diagnostics.INTENT, *diagnostics.intent_not_allowed())
    if allowed:
        return CheckResult(Status.WARNING, diagnostics.INTENT, *diagnostics.intent_not_set())
    return CheckResult(Status.INFO, diagnostics.INTENT, diagnostics.intent_off())


def commands_result(own: frozenset[str], known: frozenset[str]) -> CheckResult:
    """Return whether Discord has the commands that the bot has, each by its full name, `/` included."""
    missing, obsolete = sorted(own - known), sorted(known - own)
    if missing:
        return CheckResult(Status.ERROR, diagnostics.COMMANDS, *diagnostics.commands_unknown(missing))
    if obsolete:
        return CheckResult(Status.WARNING, diagnostics.COMMANDS, *diagnostics.commands_obsolete(obsolete))
    return CheckResult(Status.OK, diagnostics.COMMANDS, diagnostics.commands_known(len(own)))


def registered_result(known: int) -> CheckResult:
    """Return how many commands Discord knows, seen from outside, without the bot's own to compare."""
    level = Status.OK if known else Status.INFO
    return CheckResult(level, diagnostics.COMMANDS, diagnostics.commands_registered(known))


def discord_silent(title: str) -> CheckResult:
    """Return the result for something that only Discord could have told, and did not in time."""
    return CheckResult(Status.WARNING, title, *diagnostics.discord_silent())


def discord_limits(title: str, seconds: float) -> CheckResult:
    """Return the result for something that Discord tells again only after so many seconds (429)."""
    return CheckResult(Status.WARNING, title, *diagnostics.discord_limits(seconds))


def no_chatbot(*, can_bring: bool) -> CheckResult:
    """Return the result for a server in which no provider can be asked; it may bring one if it `can_bring`."""
    sentence = explain(NoChatbot(in_server=True, can_bring=can_bring))
    return CheckResult(Status.ERROR, dependencies.CHATBOT, sentence)


def provider_accepts(provider: Provider, checked: Checked, owner: Owner = "host") -> CheckResult:
    """Return the result for credentials that were accepted, or that could not be tried."""
    if checked is None:
        return CheckResult(Status.OK, provider.label, dependencies.credentials_accepted(owner))
    if isinstance(checked, Account):
        level = Status.ERROR if checked.is_used_up else Status.OK
        return CheckResult(level, provider.label, *dependencies.account(provider.label, checked, owner))
    if isinstance(checked, NotReady):
        level = Status.ERROR if checked.failed else Status.WARNING
        said = dependencies.not_ready(provider.label, owner, failed=checked.failed)
        return CheckResult(level, provider.label, *said)
    return CheckResult(Status.INFO, provider.label, dependencies.credentials_unchecked(provider.label, checked, owner))


def provider_fails(provider: Provider, error: ProviderError, owner: Owner = "host") -> CheckResult:
    """Return the result for credentials whose trial failed."""
    level, remedy = Status.ERROR, dependencies.trial_failed(provider.name, owner)
    if isinstance(error, RateLimited):
        level, remedy = Status.WARNING, dependencies.after_rate_limit()
    elif isinstance(error, Unauthorized):
        remedy = dependencies.credentials_refused(provider.name, owner)
    return CheckResult(level, provider.label, explain(error, owner), remedy)


def provider_timed_out(provider: Provider, seconds: float) -> CheckResult:
    """Return the result for a provider that had not said within `seconds` whether it accepts the credentials."""
    said = dependencies.provider_timed_out(provider.name, provider.label, seconds)
    return CheckResult(Status.ERROR, provider.label, *said)


def provider_result(
    provider: Provider, checked: Checked, latest: HealthStatus | None, owner: Owner = "host"
) -> CheckResult:
    """Return how a provider answered its latest question, unless the trial of its credentials says more."""
    tried = provider_accepts(provider, checked, owner)
    if latest is None or isinstance(checked, NotReady) or tried.level is Status.ERROR:
        return tried
    told = f"{tried.sentence} " if isinstance(checked, Account) else ""
    if latest.fault is None:
        return CheckResult(Status.OK, provider.label, f"{told}{dependencies.latest_answered()}")
    level = Status.ERROR if latest.lasting else Status.WARNING
    fault, remedy = dependencies.latest_failed(latest.fault, lasting=latest.lasting)
    return CheckResult(level, provider.label, f"{told}{fault}", remedy)


def database_result(
    seconds: float, last_failure: float | None, soundness: Soundness = Soundness.UNCHECKED
) -> CheckResult:
    """Return the result for a database that took a note within `seconds`, and last failed so many seconds before.

    `soundness` is what is known of damage in it.
    """
    if soundness is Soundness.DAMAGED:
        return database_refuses(DatabaseFault.DAMAGED)
    if last_failure is not None and last_failure < _RECENT:
        return CheckResult(Status.WARNING, dependencies.DATABASE, *dependencies.database_failed(last_failure))
    if seconds < _SLOW:
        return CheckResult(Status.OK, dependencies.DATABASE, dependencies.database_works(seconds, soundness))
    return CheckResult(Status.WARNING, dependencies.DATABASE, *dependencies.database_slow(seconds))


def database_refuses(fault: DatabaseFault | None = None) -> CheckResult:
    """Return the result for a database that cannot be written, or not in time; `fault` says why if that lasts."""
    return CheckResult(Status.ERROR, dependencies.DATABASE, *dependencies.database_refuses(fault))


def database_proxied(count: int = 1) -> CheckResult:
    """Return the result for a database that so many processes reach through a pooling proxy only."""
    level = Status.WARNING if count == 1 else Status.ERROR
    return CheckResult(level, dependencies.DATABASE, *processes.database_proxied(count))


def database_closed(problem: str, setting: str, *, is_damaged: bool = False) -> CheckResult:
    """Return the result for a database that cannot even be opened.

    `problem` says why, without its password; `setting` is the variable with the address.
    """
    line = dependencies.database_closed(problem, setting, is_damaged=is_damaged)
    return CheckResult(Status.ERROR, dependencies.DATABASE, *line)


def gateway_result(seconds: float) -> CheckResult:
    """Return the result for the time between a heartbeat and Discord's answer; not finite before the first one."""
    if not isfinite(seconds):
        return CheckResult(Status.INFO, diagnostics.GATEWAY, diagnostics.gateway_too_new())
    if seconds < _SLOW:
        return CheckResult(Status.OK, diagnostics.GATEWAY, diagnostics.gateway_works(seconds))
    return CheckResult(Status.WARNING, diagnostics.GATEWAY, *diagnostics.gateway_slow(seconds))


def queue_result(waiting: int, limit: int) -> CheckResult:
    """Return the result for a channel in which `waiting` questions wait, of `limit` that may."""
    if waiting >= limit:
        return CheckResult(Status.ERROR, diagnostics.QUEUE, *diagnostics.queue_full(limit))
    return CheckResult(Status.OK, diagnostics.QUEUE, diagnostics.queue_open(waiting, limit))


def probe_crashed(title: str) -> CheckResult:
    """Return the result for something that could not be looked at because of a mistake in the bot."""
    return CheckResult(Status.ERROR, title, *diagnostics.check_crashed())


def _missing(granted: int) -> list[str]:
    return [permission.in_roles for permission in WANTED if not permission.within(granted)]
