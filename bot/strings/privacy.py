"""What the bot says about what it keeps: to people about themselves, and to admins about their server's time."""

from bot.domain.personal_data import Account, Erased, Tally
from bot.domain.settings.server_settings import DEFAULT_RETENTION_DAYS
from bot.strings.markup import in_days

ERASE = "Erase"
"""The label of the button that erases."""

OPT_OUT_OPTION = "Leave empty to opt out; False opts in again"
"""What the option of `/privacy opt-out` does."""

ABOUT_EXPORT = (
    "What this bot keeps about you. Ids are Discord's, except those of answers and conversations; times are UTC. "
    "Entries of the kind 'answer' are your questions with what was shown below them, those of the kind 'turn' in the "
    "history of a conversation, and those of the kind 'count' tell how many questions you asked where that is limited. "
    "Words are left out of entries that are 'unreadable': they are encrypted with a key that the bot lacks. "
    "docs/privacy.md in the bot's source explains each field."
)
"""What the file of `/privacy export` says about itself."""


_READING = {
    True: "- Only your commands: you opted out. `/privacy opt-out on: False` opts in again.",
    False: "- Messages to me, and messages that others reply to or ask about. `/privacy opt-out` stops that for yours.",
}


_COUNTS_STAY = "- How many questions you asked in this hour or day stays until it ends, because a limit depends on it."
_CREDENTIALS_STAY = "- A server's chatbot that you set up with `/setup` stays, but I delete that it was you."


def opted_out() -> str:
    """Return what it means to have opted out."""
    return (
        "You've opted out, in every server and in DMs.\n"
        "- I ignore your messages, also mentions, replies and DMs to me, and don't read them later either.\n"
        "- If others reply to your messages or ask about them, I don't pass them on. What you asked before isn't sent "
        "along with other people's questions. A chatbot that keeps conversations itself keeps those you took part in; "
        "others' questions no longer go on in them.\n"
        "- Commands and buttons still work: what you ask with `/ask` and the like is stored and sent to the chatbot.\n"
        "\nWhat I stored until now stays until its time is over; `/privacy forget` deletes it. That you opted out is "
        "stored until you opt in again with `/privacy opt-out on: False`."
    )


def opted_in() -> str:
    """Return what it means to have opted in again."""
    return "You've opted in: I answer your messages again, and others can ask about them. `/privacy opt-out` opts out."


def describe_account(account: Account, *, direct: bool, policy: str | None = None) -> str:
    """Return what is kept of somebody, here and everywhere, and who else knows them; `policy` is the host's address."""
    here, where = account.holdings.here, "in direct messages" if direct else "in this server"
    lines = ["**What I store about you**"]
    if account.holdings.everywhere == Tally():
        lines.append(
            "- No questions and no answers." if _is_known(account) else "- Nothing: no questions and no answers."
        )
    else:
        lines.append(f"- {where.capitalize()}: {_amount(here)}.")
        lines.append(f"- In all servers and DMs: {_amount(account.holdings.everywhere)}.")
    lines.append(f"- {where.capitalize()}, I delete everything older than {in_days(account.days)}.")
    if account.is_counted:
        lines.append("- How many questions you asked in an hour or a day that is limited, until shortly after it ends.")
    if account.saved_credentials:
        lines.append("- That you saved what a server's chatbot is asked with, and when (`/setup`).")
    lines += ["", "**What the chatbots store**", "- They keep what I send them under their own privacy policies."]
    if account.keys:
        keys = ", ".join(f"{label} `{key}`" for label, key in account.keys.items())
        lines.append(f"- Chatbots with a memory of their own know you by this id: {keys}.")
    lines.append(
        "- Others get the conversation so far, under an id that names nobody. If other people took part, your name "
        "goes along with your questions."
    )
    lines += [
        f"- {label} keeps each conversation itself, old ones too: I have no way to delete them there. "
        "With one that is yours alone, it gets your Discord id."
        for label in account.keepers
    ]
    lines += ["", "**What I read**", _READING[account.opted_out]]
    lines += ["", "`/privacy export` sends you all of it as a file. `/privacy forget` deletes it everywhere."]
    if policy is not None:
        lines.append(host_policy(policy))
    return "\n".join(lines)


def host_policy(address: str) -> str:
    """Return the line that leads to the host's privacy policy."""
    return f"The privacy policy of this bot's host: <{address}>"


def describe_export(number: int) -> str:
    """Return the line above a file, counted from 1."""
    return "This is everything I store about you, newest first." if number == 1 else f"Continued: file {number}."


def exports_busy() -> str:
    """Return what is said if too many people want their data at once."""
    return "I'm preparing other people's files right now. Please try again in a minute."


def already_exporting() -> str:
    """Return what is said to somebody who asks for their data while it is on its way."""
    return "I'm already preparing your files. Please wait for them."


def export_too_slow() -> str:
    """Return what is said if Discord takes too long to take somebody's files."""
    return "Sending your files took too long, so some may be missing. Please try again later."


def describe_export_cut(files: int) -> str:
    """Return what is said if not all files are sent."""
    return f"I send at most {files} files, so the oldest entries are missing."


def _is_known(account: Account) -> bool:
    """Return whether anything else is kept of somebody than questions and answers."""
    return account.is_counted or account.saved_credentials


def ask_to_erase(account: Account) -> str:
    """Return what erasing means, above the button that does it."""
    kept, keepers = account.holdings.everywhere, account.keepers
    return "\n".join(
        [
            f"Press **{ERASE}** to delete everything I store about you, in every server and in DMs: {_amount(kept)}.",
            "- Conversations you took part in continue without your messages.",
            "- Chatbots with a memory of their own get a new id for you, so they start over with you.",
            *(f"- {label} keeps the conversations that you took part in. I start new ones there." for label in keepers),
            "- Messages in Discord stay, and so does what the chatbots already have.",
            *([_COUNTS_STAY] if account.is_counted else ()),
            *([_CREDENTIALS_STAY] if account.saved_credentials else ()),
            *(["- That you opted out stays too: otherwise I'd read your messages again."] if account.opted_out else ()),
            "",
            "This can't be undone.",
        ]
    )


def erasing() -> str:
    """Return what is shown while everything of somebody is being erased."""
    return "Erasing… If this is still here in a few minutes, please use `/privacy forget` again."


def describe_erased(erased: Erased) -> str:
    """Return what was erased of somebody."""
    if not (erased.answers or erased.turns):
        done = "There was nothing to delete."
    else:
        done = f"Deleted: {_amount(Tally(erased.answers, erased.turns))}."
    if erased.conversations:
        many = erased.conversations > 1
        done += f" {erased.conversations} conversation{'s continue' if many else ' continues'} without your messages."
    return f"{done} Chatbots with a memory of their own know you by a new id from now on."


def not_all_erased() -> str:
    """Return what is said if the database fails while everything of somebody is being erased."""
    again = f"Please press **{ERASE}** again. It's safe to press it twice."
    return f"My database failed before everything was deleted. {again}"


def not_yours() -> str:
    """Return what somebody is told who presses another person's button."""
    return "This button deletes someone else's data. To delete yours, use `/privacy forget`."


def describe_retention(days: int | None) -> str:
    """Return what a server's new retention time means; None is the default."""
    time = in_days(DEFAULT_RETENTION_DAYS if days is None else days)
    default = " (the default)" if days is None else ""
    return (
        f"I now keep questions and answers in this server for {time}{default}. "
        "Older ones will be deleted within the hour."
    )


def ask_to_shorten(current: int, wanted: int, doomed: Tally) -> str:
    """Return what a shorter retention time means, above the button that sets it; `doomed` is what is older than it."""
    older = f"Right now, that is {_amount(doomed)}." if doomed != Tally() else "Right now, nothing is that old."
    return (
        f"I keep this server's questions and answers for {in_days(current)}. Press the button to keep them for only "
        f"{in_days(wanted)}: I'll delete everything older within the hour, and that can't be undone. {older}"
    )


def confirm_retention(days: int) -> str:
    """Return the label of the button that sets a shorter retention time."""
    return f"Keep {in_days(days)}, delete the rest"


def not_your_retention() -> str:
    """Return what somebody is told who presses the button of another person or server."""
    return "This button isn't yours. Please use `/settings retention` yourself. Nothing was changed."


def _amount(tally: Tally) -> str:
    if not tally.answers and not tally.turns:
        return "nothing"
    answers = f"{tally.answers} question{'' if tally.answers == 1 else 's'} with my answers"
    turns = f"{tally.turns} exchange{'' if tally.turns == 1 else 's'} saved as conversation history"
    oldest = "" if tally.oldest is None else f", the oldest from <t:{tally.oldest}:d>"
    return f"{answers}, and {turns}{oldest}"
