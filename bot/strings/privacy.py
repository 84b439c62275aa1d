"""What the bot says about what it keeps: to people about themselves, and to admins about their server's time."""

from bot.domain.personal_data import Account, Erased, Tally
from bot.domain.server_settings import DEFAULT_RETENTION_DAYS

ERASE = "Erase"
"""The label of the button that erases."""


def describe_account(account: Account, *, direct: bool) -> str:
    """Return what is kept of somebody, here and everywhere, and who else knows them."""
    here, where = account.holdings.here, "in direct messages" if direct else "in this server"
    lines = ["**What I keep about you**"]
    if account.holdings.everywhere == Tally():
        lines.append("- Nothing: no question of yours, and no answer.")
    else:
        lines.append(f"- {where.capitalize()}: {_amount(here)}.")
        lines.append(f"- Everywhere, this included: {_amount(account.holdings.everywhere)}.")
    lines.append(f"- {where.capitalize()} I erase what is older than {_days(account.days)}.")
    lines += ["", "**What the chatbots know**", "- They keep what they were sent by rules of their own, not by mine."]
    if account.keys:
        keys = ", ".join(f"{label} as `{key}`" for label, key in account.keys.items())
        lines.append(f"- Those that remember people know you by a key: {keys}.")
    lines.append("- Others are sent a channel's conversation, under an id that names nobody.")
    lines += ["", "`/privacy export` gives you all of it as a file. `/privacy forget` erases it everywhere."]
    return "\n".join(lines)


def describe_export(number: int) -> str:
    """Return what stands above a file, counted from 1."""
    return (
        "This is everything that I keep about you, the newest first." if number == 1 else f"It goes on: file {number}."
    )


def describe_export_cut(files: int) -> str:
    """Return what is said where not all files are sent."""
    return f"I send {files} files at most, and there is more: the oldest is missing."


def ask_to_erase(account: Account) -> str:
    """Return what forgetting somebody means, above the button that does it."""
    kept = account.holdings.everywhere
    return "\n".join(
        [
            f"**{ERASE}** deletes what I keep about you, in every server and in direct messages: {_amount(kept)}.",
            "- Conversations that you took part in go on without your part, under new ids.",
            "- Chatbots that remember people get a new key for you, and so begin afresh with you.",
            "- Messages in Discord stay where they are, and so does what the chatbots were sent before.",
            "",
            "It cannot be undone.",
        ]
    )


def erasing() -> str:
    """Return what is shown while somebody is being forgotten."""
    return "Erasing… If you still read this in some minutes, please use `/privacy forget` again."


def describe_erased(erased: Erased) -> str:
    """Return what was erased of somebody."""
    if not (erased.answers or erased.turns):
        done = "There was nothing to erase."
    else:
        done = f"Erased: {_amount(Tally(erased.answers, erased.turns))}."
    if erased.conversations:
        many = erased.conversations > 1
        done += f" {erased.conversations} conversation{'s go' if many else ' goes'} on without you, under "
        done += "new ids." if many else "a new id."
    return f"{done} Chatbots that remember people know you by a new key from now on."


def not_all_erased() -> str:
    """Return what is said where the database failed while somebody was being forgotten."""
    return f"My database failed before all was erased. Please press **{ERASE}** again; twice does no harm."


def not_yours() -> str:
    """Return what somebody is told who presses another's button."""
    return "This button erases what I keep about somebody else. `/privacy forget` gives you one of your own."


def describe_retention(days: int | None) -> str:
    """Return what a server's new time means; None stands for the default."""
    time = _days(DEFAULT_RETENTION_DAYS if days is None else days)
    now = f"the default again, {time}" if days is None else f"now {time}"
    return (
        f"The retention time in this server is {now}: within the hour I erase the questions and answers that are older."
    )


def _amount(tally: Tally) -> str:
    if not tally.answers and not tally.turns:
        return "nothing"
    answers = f"{tally.answers} question{'' if tally.answers == 1 else 's'} with my answers"
    turns = f"{tally.turns} turn{'' if tally.turns == 1 else 's'} in the histories of conversations"
    oldest = "" if tally.oldest is None else f", the oldest from <t:{tally.oldest}:d>"
    return f"{answers}, and {turns}{oldest}"


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"
