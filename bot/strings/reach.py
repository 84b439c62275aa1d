"""What is said about where, and for whom, a server has the bot answer."""

from collections.abc import Sequence

from bot.strings.markup import list_roles

PLACES = "Where and for whom"
"""The title of the line in `/doctor`."""


def not_here() -> str:
    """Return the refusal in a channel that the server has excluded."""
    return "I don't answer in this channel. Someone with **Manage Server** can change that with `/settings channels`."


def not_for_you(roles: Sequence[int]) -> str:
    """Return the refusal to a person without one of the roles, given by their ids; without any if they were deleted."""
    if not roles:
        return (
            "I answer nobody in this server right now: the roles that I should answer have been deleted. Someone with "
            "**Manage Server** can change that with `/settings roles`."
        )
    return (
        f"In this server I only answer people with {one_of(roles)}. That goes for admins too. Someone with "
        "**Manage Server** can change that with `/settings roles`."
    )


def answers_everybody_here() -> str:
    """Return the line for a channel in which nothing is limited."""
    return "I answer everybody in this channel."


def excluded_here(mode: str) -> tuple[str, str]:
    """Return the line for a channel that is excluded, and the remedy; `mode` is the value of `/settings channels`."""
    if mode == "only":
        said = "I answer only in the channels that are listed in `/settings channels`, and this isn't one of them."
        return said, "Add it there, or set `/settings channels` to `all`."
    return "I don't answer in this channel: it's excluded in `/settings channels`.", "Take it off the list there."


def answers_roles(roles: Sequence[int]) -> str:
    """Return the line for a server in which only people with these roles are answered."""
    return f"I answer only people with {one_of(roles)}. That goes for admins too (`/settings roles`)."


def roles_gone() -> tuple[str, str]:
    """Return the line for a server in which every role that was chosen has been deleted, and the remedy."""
    return (
        "I answer nobody: every role chosen in `/settings roles` has been deleted.",
        "Choose another one there, or `@everyone` to have me answer everybody.",
    )


def one_of(roles: Sequence[int]) -> str:
    """Return the roles of which a person needs one, given by their ids, in the words of a sentence."""
    named = list_roles(roles, "or")
    return f"one of the roles {named}" if len(roles) > 1 else f"the role {named}" if roles else "no role"
