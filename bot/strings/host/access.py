"""What is said about whom the host has the bot serve: to those who are refused, and in `python -m bot check`."""

from collections.abc import Sequence

from bot.domain.access import Access

ACCESS = "Who may use me"
"""The title of the lines in `check`."""

_MAX_NAMED = 5


def server_refused() -> str:
    """Return the refusal in a server that the host does not allow, or has blocked."""
    return "The person who hosts me doesn't let me work in this server."


def person_refused() -> str:
    """Return the refusal to somebody whom the host has blocked."""
    return (
        "The person who hosts me has blocked you, so I don't answer you. For what I store about you, please ask them."
    )


def anybody() -> tuple[str, str]:
    """Return the line if nothing limits who may use the bot, and the remedy."""
    return (
        "Everybody who can invite me may use me, with your credentials.",
        "To limit that, set ALLOWED_SERVERS or SHARED_LIMIT, or turn off Public Bot in the developer portal.",
    )


def limits(access: Access, shared_limit: int | None, *, is_shared: bool) -> str:
    """Return the line that says which limits are in force.

    `shared_limit` is how many questions a day may be asked with the host's credentials, None for any number; servers
    may use those if they are `is_shared`.
    """
    allowed = access.allowed_servers
    said = ["every server" if allowed is None else _count(len(allowed), "server")]
    if access.blocked_servers:
        said.append(f"{_count(len(access.blocked_servers), 'server')} blocked")
    if access.blocked_users:
        said.append(f"{_count(len(access.blocked_users), 'person', 'people')} blocked")
    lines = [f"Allowed: {', '.join(said)}. Anybody who shares a server with me can write me direct messages."]
    if not is_shared:
        lines.append("Servers are not answered with your credentials.")
    if shared_limit is not None:
        who = "each person and each server" if is_shared else "each person"
        lines.append(f"With your credentials I answer {who} at most {_count(shared_limit, 'question')} a day.")
    return " ".join(lines)


def leaves(servers: Sequence[str]) -> tuple[str, str]:
    """Return the line for servers, by name, that the bot is in and leaves at its next start, and the remedy."""
    named = ", ".join(servers[:_MAX_NAMED])
    more = len(servers) - _MAX_NAMED
    others = f" and {more} more" if more > 0 else ""
    return (
        f"I'm in {_count(len(servers), 'server')} that you don't allow, and leave at my next start: {named}{others}.",
        "What I stored of a server that I leave is erased. To stay, correct ALLOWED_SERVERS or BLOCKED_SERVERS.",
    )


def no_policy() -> tuple[str, str]:
    """Return the line if the host names no privacy policy, and the remedy."""
    return (
        "PRIVACY_URL is not set, so people can't find your privacy policy. Discord's Developer Terms ask for one.",
        "Write one (docs/privacy-policy-template.md), and set PRIVACY_URL to its address.",
    )


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
