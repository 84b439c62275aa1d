"""What the bot says when a setting was changed: what is in force now, and what that means."""

from collections.abc import Sequence

from bot.domain.settings.server_settings import ALL, LENGTH_LIMITS, ONLY, PERSONAL
from bot.strings.markup import as_code, first_of, in_phrase, list_channels, to_plain
from bot.strings.reach import one_of

_MAX_VALUE_CHARS = 201
"""How much is shown of a new value."""

_MAX_TITLE_CHARS = 60

_OPTION_TITLES = {"system-prompt": "system prompt"}


def no_such_choice(what: str, titles: Sequence[str]) -> str:
    """Return what is said about a value that is none of the choices; `what` they are, such as "story"."""
    return f"There's no {what} by that name here. Available: {_titles(titles)}."


def unclear_choice(what: str, titles: Sequence[str]) -> str:
    """Return what is said about a value that may mean more than one of the choices."""
    return f"More than one {what} matches: {_titles(titles)}. Type the whole name, or pick one from the list."


def describe_persona_use(taking: Sequence[str], prompted: Sequence[str], others: Sequence[str]) -> str:
    """Return what a server's providers do with the persona, by their labels.

    Some are `taking` it, some can be told in their system prompt, and the `others` have it in their dashboards.
    """
    said = [f"{in_phrase(taking)} {'takes' if len(taking) == 1 else 'take'} it."] if taking else []
    if others:
        own = "has it in its dashboard" if len(others) == 1 else "have it in their dashboards"
        said.append(f"{in_phrase(others)} {own}.")
    if prompted:
        own = "has it in its system prompt" if len(prompted) == 1 else "have it in their system prompts"
        said.append(f"{in_phrase(prompted)} {own}, which `/settings system-prompt` sets.")
    return " ".join(said)


def nickname_stays() -> str:
    """Return what is added to a name for one channel."""
    return "My nickname stays as it is: there is only one for the whole server."


def no_such_option(label: str, option: str, having: Sequence[str]) -> str:
    """Return the refusal to set an option that the provider does not have; those `having` it do."""
    title = option_title(option)
    if not having:
        return f"{label} has no {title} setting, and no other chatbot here has one. Nothing was changed."
    others = f"{in_phrase(having)} {'does' if len(having) == 1 else 'do'}"
    return f"{label} has no {title} setting, but {others}: choose it with the option `provider`. Nothing was changed."


def out_of_limits(label: str, option: str, limits: tuple[float, float]) -> str:
    """Return the refusal of a number that the provider does not take."""
    return f"{label} takes a {option_title(option)} from {limits[0]:g} to {limits[1]:g}. Nothing was changed."


def not_taken(label: str, option: str) -> str:
    """Return the refusal of another value that the provider does not take."""
    return f"{label} can't use that as its {option_title(option)}. Nothing was changed."


def option_changed(label: str, option: str, value: str | None, channel: int | None) -> str:
    """Return what is said about a provider's option that has a new value, None for the default."""
    name = f"{label}'s {option_title(option)}"
    if value is None:
        return back_to_default(name, channel)
    return f"{name} is now {as_code(value, _MAX_VALUE_CHARS)} {where(channel)}."


def other_answers(label: str, other: str, provider: str, channel: int | None) -> str:
    """Return what is added if `other` answers there instead of the provider whose option was set."""
    place = "here" if channel is None else where(channel)
    return f"{other} answers {place}, so this only counts for `/{provider} ask`, and in channels where {label} answers."


def option_title(option: str) -> str:
    """Return what an option is called in sentences."""
    return _OPTION_TITLES.get(option, option)


def back_to_default(title: str, channel: int | None) -> str:
    """Return what is said about a setting that was reset: a channel has its server's value then."""
    former = "the default" if channel is None else "the server's"
    return f"{title} is back to {former} {where(channel)}."


def where(channel: int | None) -> str:
    """Return where a setting applies, None for the whole server."""
    return "in this server" if channel is None else f"in <#{channel}>"


def no_effect_there(channel: int) -> str:
    """Return the warning for a setting of a channel in which the bot does not answer."""
    return f"⚠️ I don't answer in <#{channel}>, so this has no effect there yet: see `/settings channels`."


def this_channel_keeps_its_own() -> str:
    """Return what is added to a change for the whole server if it is made in a channel with a value of its own."""
    return "This channel has its own, which stays. Use the option `channel` to change that."


def conversation_changed(value: str | None, channel: int | None, remembering: Sequence[str]) -> str:
    """Return whose conversations are held now; `remembering` are the providers that keep one for each person."""
    if value is None:
        said = back_to_default("The conversation setting", channel)
    elif value == PERSONAL:
        said = f"Members now each have a conversation of their own with me {where(channel)}."
    else:
        place = "the same channel" if channel is None else f"<#{channel}>"
        said = f"Everyone in {place} now shares one conversation with me."
    if not remembering:
        return said
    keeps = "keeps" if len(remembering) == 1 else "keep"
    return f"{said}\n{in_phrase(remembering)} {keeps} one for each person anyway."


def answers_where(mode: str, channels: Sequence[int]) -> str:
    """Return where the bot answers; `mode` is the value of `/settings channels`, `channels` those that it lists."""
    if mode == ONLY:
        return f"I answer only in {list_channels(channels)}." if channels else "I answer in no channel."
    if mode == ALL or not channels:
        return "I answer in every channel that I can see."
    return f"I answer everywhere except in {list_channels(channels)}."


def describe_places(mode: str, channels: Sequence[int]) -> str:
    """Return the same, with a warning if that is nowhere, and the list if it does not count now."""
    if mode == ONLY and not channels:
        return nothing_listed()
    kept = f"\nOn the list for `only` and `except`: {list_channels(channels)}." if mode == ALL and channels else ""
    return answers_where(mode, channels) + kept


def nothing_listed() -> str:
    """Return the warning for a server in which only listed channels are answered, and none is listed."""
    return (
        "⚠️ I answer in no channel at all: only listed channels count, and none is listed. "
        "List one with the options `channel` and `on` of `/settings channels`, or set `value` to `all`."
    )


def channel_is_missing() -> str:
    """Return what is said about `on` without a channel."""
    return "Which channel do you mean? Please fill in `channel` too. Nothing was changed."


def describe_roles(roles: Sequence[int] | None) -> str:
    """Return for whom the bot answers in a server, None for everybody."""
    if roles is None:
        return "I answer everybody in this server."
    if not roles:
        return f"⚠️ I answer nobody: {roles_deleted()}"
    return f"I answer only people with {one_of(roles)}."


def roles_deleted() -> str:
    """Return why nobody is answered if none of the chosen roles is left, and what to do."""
    return (
        "every chosen role has been deleted. Choose another one with `/settings roles`, or `@everyone` to have me "
        "answer everybody."
    )


def role_of_everybody() -> str:
    """Return the refusal to take away the role that every member has."""
    return "Everybody has that role. Choose the roles that I should answer instead. Nothing was changed."


def role_is_missing() -> str:
    """Return what is said about `on` without a role."""
    return "Which role do you mean? Please fill in `role` too. Nothing was changed."


def length_changed(messages: int | None) -> str:
    """Return what is said about the length of answers, None for the default."""
    if messages is None:
        return f"{back_to_default('The length of my answers', None)[:-1]}: at most {LENGTH_LIMITS[1]} messages."
    number = "1 message" if messages == 1 else f"{messages} messages"
    return f"My answers now have at most {number} in this server. Longer ones end with a file that has all of it."


def threads_changed(channel: int, *, on: bool, lacking: Sequence[str], needs_mention: bool) -> str:
    """Return what is said about answers in threads.

    `lacking` are the permissions that the bot needs for it; `needs_mention` tells whether it sees no other messages.
    """
    if not on:
        return f"My answers in <#{channel}> no longer get threads."
    said = f"I now start a thread for each answer in <#{channel}>, named after the question. "
    said += "You have to mention me there too." if needs_mention else "You don't have to mention me there."
    return said + cannot_yet(lacking)


def cannot_yet(lacking: Sequence[str]) -> str:
    """Return the line about permissions that the bot lacks in a channel for what was just set, empty without any."""
    return (
        f"\n⚠️ I can't do that yet: I'm missing {in_phrase([f'**{name}**' for name in lacking])} there."
        if lacking
        else ""
    )


def _titles(titles: Sequence[str]) -> str:
    return first_of([to_plain(title, _MAX_TITLE_CHARS) for title in titles])
