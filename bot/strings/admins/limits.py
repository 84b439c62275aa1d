"""What is said about how many questions people may ask: to those who reached a limit, and to admins who set it."""

from collections.abc import Mapping, Sequence
from math import inf

from bot.domain.errors import LimitReached
from bot.domain.fair_use.limits import MAX_LIMITED_ROLES, NO_LIMITS, Limit, ServerLimits
from bot.domain.fair_use.quotas import Period
from bot.strings.markup import first_of, list_roles

NO_LIMIT = "no limit"

_NEXT: Mapping[Period, str] = {"hour": "when the next hour begins", "day": "when the next day begins (UTC)"}
_EACH: Mapping[Period, str] = {"hour": "an hour", "day": "a day"}


def limit_reached(error: LimitReached) -> str:
    """Return what somebody is told who reached a limit: which one, who set it, and when it ends."""
    quota = error.quota
    match quota.whose:
        case "member":
            whose, by = "You've reached your limit", "this server's admins set"
        case "server":
            whose, by = "This server has reached its limit", "its admins set"
        case "shared-person":
            whose, by = "You've reached the limit", "the bot's host set for each person"
        case "shared-server":
            whose, by = "This server has reached the limit", "the bot's host set for each server"
    allowed = describe_limit(Limit(quota.max_questions, quota.period))
    said = f"{whose} of {allowed}, which {by}. Please ask again <t:{quota.ends_at}:R>, {_NEXT[quota.period]}."
    if error.can_set_up:
        said += " An admin can lift this limit with `/setup`: it doesn't hold for a chatbot of the server's own."
    return said


def describe_limit(limit: Limit) -> str:
    """Return a limit in words, such as "5 questions an hour"."""
    return f"{limit.questions} question{'' if limit.questions == 1 else 's'} {_EACH[limit.period]}"


def describe_stored(value: str | None) -> str:
    """Return the stored limit of the members or the server in words."""
    return _in_words(Limit.read(value))


def describe_role_limits(roles: Mapping[int, Limit | None]) -> str:
    """Return the limits of roles on one line: those that are alike together, and not more than ten of them."""
    return first_of(list(_by_limit(roles)))


def limits_now(limits: ServerLimits) -> Sequence[str]:
    """Return lines that say all that holds in a server; `limits` has only roles that it still has."""
    if limits == NO_LIMITS:
        return ["No limit is set in this server now."]
    lines = [
        "The limits in this server are now:",
        f"- Each member: {_in_words(limits.member)}",
        *(f"- {described}" for described in _by_limit(limits.roles)),
        f"- The whole server: {_in_words(limits.server)}",
    ]
    if limits.roles:
        lines.append("Members with one of these roles have its limit instead. With several, the highest counts.")
    if limits.server is not None and None in limits.roles.values():
        lines.append("The server's limit holds for exempt roles too.")
    return lines


def _by_limit(roles: Mapping[int, Limit | None]) -> Sequence[str]:
    """Return roles with their limit, those that are alike together; exempt ones first, then the highest."""
    alike: dict[Limit | None, list[int]] = {}
    for role, limit in roles.items():
        alike.setdefault(limit, []).append(role)
    ordered = sorted(alike.items(), key=lambda each: -inf if each[0] is None else -each[0].per_day)
    return [f"{list_roles(of)}: {'exempt' if limit is None else describe_limit(limit)}" for limit, of in ordered]


def _in_words(limit: Limit | None) -> str:
    return NO_LIMIT if limit is None else describe_limit(limit)


def role_needed() -> str:
    """Return the refusal of a limit for a role that is not named."""
    return "Which role do you mean? Please fill in `role` too. Nothing was changed."


def only_for_roles() -> str:
    """Return the refusal of a role, or an exemption, for members or the server."""
    return "`role` and `exempt` are for roles. Please set `who` to `role` too. Nothing was changed."


def exempt_or_limited() -> str:
    """Return the refusal to exempt a role and limit it at once."""
    return "A role is either exempt or has a limit. Fill in `exempt` or `questions`, not both. Nothing was changed."


def everybodys_role() -> str:
    """Return the refusal of a limit for @everyone."""
    return "Everybody has that role. To limit everybody, set `who` to `member`. Nothing was changed."


def bots_role() -> str:
    """Return the refusal of a limit for the role of a bot."""
    return "That role belongs to a bot, and I don't answer bots. Nothing was changed."


def too_many_roles() -> str:
    """Return the refusal of a limit for one more role."""
    return (
        f"I keep limits for at most {MAX_LIMITED_ROLES} roles of a server. Please take one away first: set `who` to "
        "`role`, choose it, and leave the rest empty. Nothing was changed."
    )
