"""What `/doctor` and `python -m bot check` say about what the bot depends on: settings, token, database, providers.

Most functions return two texts: what was found, and the remedy, as in `bot/strings/diagnostics.py`.
"""

from collections.abc import Mapping, Sequence
from typing import assert_never

from bot.domain.provider import Account, Owner, Unchecked, variable_prefix
from bot.domain.runtime.database_health import DatabaseFault, Soundness
from bot.strings.markup import MAX_NAME_CHARS, as_code, in_figures, in_words, with_unit
from bot.strings.notices import later

DATABASE = "Database"
SETTINGS = "Settings"
DISCORD = "Discord"
CHATBOT = "Chatbot"
CHATBOTS_OF_SERVERS = "Servers' own chatbots"
"""The titles of the lines; a provider's line has its label."""


def configured(providers: Sequence[str], default: str | None) -> str:
    """Return the line that names the providers that are set up, and the default one."""
    if default is None:
        return "Configured: no provider. Servers bring their own with /setup."
    return f"Configured: {', '.join(providers)}; default: {default}."


def incomplete(problem: str) -> tuple[str, str]:
    """Return the line about a provider with only some of its settings; `problem` names what is missing."""
    return f"{problem}.", "Set it too, or remove the others."


def servers_brought(servers: int) -> str:
    """Return the line about how many servers have credentials of their own."""
    if not servers:
        return "No server has credentials of its own yet. Its admins enter them with /setup."
    return f"{servers} server{'' if servers == 1 else 's'} brought credentials with /setup."


def servers_without_chatbots() -> tuple[str, str]:
    """Return the line for settings with which no server is answered."""
    return (
        "SHARED_CREDENTIALS is false, and without SECRET_KEY servers can't bring their own: I answer in no server.",
        "Set SECRET_KEY (python -m bot new-key makes one), or remove SHARED_CREDENTIALS.",
    )


def exposed(file: str) -> tuple[str, str]:
    """Return the line about a file with keys that other users of the machine can read or change."""
    return f"Other users of this machine can read or change {file}, which holds your keys.", f"Run: chmod 600 {file}"


def token_works(user: str) -> str:
    """Return the line for a token that Discord accepts; `user` is the bot's name there."""
    return f"The token belongs to {user}."


def token_refused(problem: str) -> str:
    """Return the line for a token that Discord does not accept; `problem` says what to do."""
    return f"{problem}."


def discord_refuses(seconds: float) -> tuple[str, str]:
    """Return the line for Discord refusing every request for so many seconds (429)."""
    return (
        "Discord refuses requests, because it was asked too often from this address or with this token.",
        f"Try again {later(seconds)}.",
    )


def discord_unreachable(error: str) -> tuple[str, str]:
    """Return the line for Discord not being there; `error` is the name of the error."""
    return f"It can't be reached ({error}).", "Check the network, DISCORD_API_URL and HTTPS_PROXY."


def credentials_accepted(owner: Owner) -> str:
    """Return the line for credentials that the provider accepts."""
    return f"It accepts {_whose(owner)} API key."


def credentials_unchecked(label: str, unchecked: Unchecked, owner: Owner) -> str:
    """Return the line for credentials that could not be tried."""
    if unchecked.variable is None:
        why = f"{label} offers no way to try credentials without asking a question"
    elif owner == "server":
        why = f"{label} can check only another kind of token without a question, and none was entered"
    else:
        why = f"only {unchecked.variable} can be tried without asking a question, and it is not set"
    return f"Its API key is not checked: {why}."


def account(label: str, account: Account, owner: Owner) -> tuple[str, str]:
    """Return the line for credentials that the provider accepts, with the chatbot's name and its credits."""
    used, left = account.credits_used, account.credits_left
    told = [] if used is None else [f"{in_figures(used)} used"]
    told += [] if left is None else [f"{in_figures(max(left, 0))} left"]
    name = f" The chatbot is {as_code(account.chatbot, MAX_NAME_CHARS)}." if account.chatbot.strip() else ""
    credit = f" Credits: {', '.join(told)}." if told else ""
    remedy = _for_owner(f"add credits at {label}, or wait until it renews them.", owner) if account.is_used_up else ""
    return f"{credentials_accepted(owner)}{name}{credit}", remedy


def not_ready(label: str, owner: Owner, *, failed: bool) -> tuple[str, str]:
    """Return the line for a chatbot whose training goes on, or has failed."""
    accepted = credentials_accepted(owner).removesuffix(".")
    if failed:
        return f"{accepted}, but training the chatbot failed.", _for_owner(f"train it again at {label}.", owner)
    return f"{accepted}, but the chatbot is still in training.", "Please check again in a few minutes."


def after_rate_limit() -> str:
    """Return the remedy for a provider that refuses the trial for a while."""
    return "Then check again."


def credentials_refused(provider: str, owner: Owner) -> str:
    """Return the remedy for credentials that the provider does not accept."""
    if owner == "server":
        return "You see with `/setup` when they were entered."
    return f"For my host: they are {_variables(provider)}."


def trial_failed(provider: str, owner: Owner) -> str:
    """Return the remedy for credentials that could not be tried for another reason."""
    if owner == "server":
        return "If this lasts, check with `/setup` what was entered. For my host: check my network and HTTPS_PROXY."
    return f"If this lasts, for my host: check {_variables(provider)}, my network and HTTPS_PROXY."


def provider_timed_out(provider: str, label: str, seconds: float) -> tuple[str, str]:
    """Return the line for a provider that did not answer the trial within `seconds`."""
    remedy = (
        f"Please try again in a minute. If this lasts, for my host: check `{variable_prefix(provider)}API_URL` and "
        f"`HTTPS_PROXY`, and whether {label} reports an outage."
    )
    return f"It did not answer within {seconds:g} seconds.", remedy


def latest_answered() -> str:
    """Return the line for a provider that answered its latest question."""
    return "It answered its latest question."


def latest_failed(fault: str, *, lasting: bool) -> tuple[str, str]:
    """Return the line for a provider whose latest question ended with `fault`; `lasting` if that needs repair."""
    remedy = "After that, ask it something and check again." if lasting else "Ask it something to see if that is over."
    return f"My latest question to it ended with “{fault.removesuffix('.')}”.", remedy


def left_alone(out_for: float, next_trial: float) -> tuple[str, str]:
    """Return what is added about a provider that is not asked for now, since it has been failing for `out_for` s.

    It is tried again in `next_trial` s.
    """
    when = f"in {in_words(next_trial)}" if next_trial >= 1 else "with the next question"
    return (
        f"It has been failing for {in_words(max(1, out_for))}, so I don't ask it for now, and try it again {when}.",
        "`/settings fallback` lets another chatbot answer meanwhile.",
    )


_SEARCHED: Mapping[Soundness, str] = {
    Soundness.PENDING: " I'm still checking its file for damage.",
    Soundness.UNFINISHED: " I couldn't check all of its file for damage.",
    Soundness.SOUND: " I found no damage in its file.",
}


def database_works(seconds: float, soundness: Soundness) -> str:
    """Return the line for a database that was written within `seconds`, with what is known of damage in it."""
    return f"Working ({with_unit(seconds)}).{_SEARCHED.get(soundness, '')}"


def database_slow(seconds: float) -> tuple[str, str]:
    """Return the line for a database that takes so long that it is felt."""
    return (
        f"Writing takes {with_unit(seconds)}, which delays answers.",
        "If this lasts, for my host: check the load and the disk of its machine.",
    )


def database_failed(seconds: float) -> tuple[str, str]:
    """Return the line for a database that took a note, but failed somebody so many seconds before."""
    ago = max(1, round(seconds))
    return (
        f"Working, but it failed {ago} s ago: I may have refused a question, or not saved an answer.",
        "If this lasts, for my host: check that the database's disk has space. The log names the error.",
    )


def database_refuses(fault: DatabaseFault | None = None) -> tuple[str, str]:
    """Return the line for a database that cannot be written, or not in time; `fault` says why if that lasts."""
    match fault:
        case DatabaseFault.LOST:
            remedy = (
                "For my host: put the file back, or a backup of it (see `docs/databases.md`), and I go on by myself. "
                "If there is a file, the log says why I don't use it."
            )
            return "Its file was deleted, moved or replaced while I was running, so I can't store anything.", remedy
        case DatabaseFault.DAMAGED:
            remedy = "For my host: stop me, and restore a backup (see `docs/databases.md`). The log names the damage."
            return "It's damaged: some of what is stored may be lost, or can't be read.", remedy
        case None:
            remedy = (
                "For my host: check that the server in `DATABASE_URL` runs, or that its file is in its place, can be "
                "written (its folder too) and the disk has space. The log names the error."
            )
            return "I can't write to it, so I have to refuse questions or can't remember conversations.", remedy
        case _:
            assert_never(fault)


def database_missing() -> str:
    """Return the line for a database that the first start makes."""
    return "There is none yet. I'll create it at my first start."


def database_empty() -> str:
    """Return the line for a database without tables."""
    return "I can reach it. It's empty; I'll create the tables at my first start."


def database_older() -> str:
    """Return the line for a database of an older version of the program."""
    return "I can reach it. It's from an older version of me; my next start updates it."


def database_closed(problem: str, setting: str, *, is_damaged: bool) -> tuple[str, str]:
    """Return the line for a database that cannot be opened; `problem` says why, `setting` names the variable."""
    remedy = "restore a backup (see docs/databases.md)" if is_damaged else "make sure I can reach it and write to it"
    return f"{problem}.", f"Correct `{setting}`, or {remedy}."


def _whose(owner: Owner) -> str:
    return "my" if owner == "host" else "this server's"


def _for_owner(remedy: str, owner: Owner) -> str:
    return f"For my host: {remedy}" if owner == "host" else f"{remedy[0].upper()}{remedy[1:]}"


def _variables(provider: str) -> str:
    return f"the variables that begin with `{variable_prefix(provider)}`"
