"""What `python -m bot review-answers` prints: answers to what Discord asks of bots with privileged intents."""

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import fill

from bot.domain.fair_use.usage import KEPT_DAYS
from bot.domain.settings.server_settings import DEFAULT_RETENTION_DAYS, RETENTION_LIMITS
from bot.strings.markup import in_days


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """What the answers depend on.

    `reads_content` is the message content intent, `database` where the data is without credentials, and `is_file` that
    this is a file of the host's. `vendors` has each chatbot's label and the host name that it is asked at. `policy` is
    the address of the host's privacy policy, and `is_encrypted` tells whether texts are encrypted.
    """

    reads_content: bool
    database: str
    is_file: bool
    vendors: Mapping[str, str]
    policy: str | None
    is_encrypted: bool = False


def review_answers(facts: ReviewFacts) -> str:
    """Return all questions with their answers, as text for a terminal or a file."""
    parts = {
        "Which intents does the application use?": _intents(facts),
        "Why does it need the message content intent?": _need(facts),
        "What data does it store?": _STORED,
        "How long does it keep the data?": _kept(),
        "Where is the data, and is it encrypted at rest?": _at_rest(facts),
        "Is data passed to third parties?": _vendors(facts),
        "Is message content used to train models?": _TRAINING,
        "How can people opt out, and have their data deleted?": _CHOICES,
        "Where is the privacy policy?": _policy(facts),
    }
    return "\n\n".join([_wrapped(_ABOUT), *(f"## {question}\n{_wrapped(text)}" for question, text in parts.items())])


_COLUMNS = 100


def _wrapped(text: str) -> str:
    """Return a text with lines of a width that is easy to read; an item's further lines are indented."""
    return "\n".join(
        fill(
            line,
            _COLUMNS,
            subsequent_indent="  " if line.startswith("- ") else "",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in text.splitlines()
    )


_ABOUT = (
    "These answers follow from this bot's settings and program. Discord reviews privileged intents once 10,000 people "
    "can see the application, and again every year. Read them, and replace what is [in brackets], which only you know. "
    "Run this again when you change the settings."
)

_STORED = (
    "Of each question to the bot: its text, what goes along with it (the message it replies to or is about, the texts "
    "of attached text files, the names of other attachments, a thread's title and first message), the answer with its "
    "buttons, and how it went; the ids of the asker, the server, the channel and the messages, and the name that the "
    "asker had. For chatbots that don't remember people, questions and answers once more, as the history that is sent "
    "along, and the ids by which Chatbase v2 keeps them. If questions are limited, how many somebody asked in the "
    "running hour or day. Which servers the bot is in, what their admins set, and who opted out. If a server's admins "
    "bring a chatbot of their own, its credentials, with the id of the admin who entered them. Daily totals of each "
    "server, without user IDs. Messages that ask the bot nothing are not stored. "
    "The log holds nobody's words."
)

_TRAINING = (
    "The bot trains no models, and nothing in it prepares data for that. Discord's Developer Policy forbids training "
    "models on message content. [State that your contracts or settings with the chatbots' vendors rule it out too: the "
    "bot cannot tell.]"
)

_CHOICES = "\n".join(
    (
        "- `/privacy opt-out`: a person's messages are no longer answered, quoted, sent along or read later.",
        "- `/privacy show` and `/privacy export`: what is stored about a person, as a summary and as a file.",
        "- `/privacy forget`: deletes all of it, in every server.",
        "- A question that is deleted in Discord is deleted with its answer. `/history clear` deletes a conversation.",
        "- Admins set how long their server's data is kept. It is deleted when the bot is removed from the server.",
        "- At the end of operation, `python -m bot erase-all` deletes everything.",
    )
)


def _intents(facts: ReviewFacts) -> str:
    """Return which intents are used; `bot/discord/client.py` asks for them, and a test compares the two."""
    content = "Message Content, which is privileged" if facts.reads_content else "no privileged one"
    return f"Guilds, Guild Messages, Direct Messages, and {content}. Not Server Members, and not Presence."


def _need(facts: ReviewFacts) -> str:
    if not facts.reads_content:
        return "It does not: MESSAGE_CONTENT_INTENT is off, so there is nothing to apply for."
    return (
        "For text commands by prefix (`!ask`), for channels in which an admin has every message answered (`/settings "
        "auto-reply`), for questions without a mention in threads that the bot started for an answer, and to see a "
        "message that somebody replies to when they mention the bot. Mentions, direct messages and slash commands work "
        "without it. Every other message is only looked at for whether it asks the bot, and then dropped."
    )


def _kept() -> str:
    shortest, longest = RETENTION_LIMITS
    return (
        f"{in_days(DEFAULT_RETENTION_DAYS)}, unless a server's admins set {shortest} to {longest} days (`/settings "
        "retention`). It is deleted within an hour after. That somebody opted out is kept until they opt in again, "
        "and of a person who had their data deleted, a number by which chatbots know them by a new id. "
        f"Daily totals are kept for {KEPT_DAYS} days."
    )


def _at_rest(facts: ReviewFacts) -> str:
    kind = "a SQLite file, made so that only the bot's user may read it" if facts.is_file else "a PostgreSQL database"
    if facts.is_encrypted:
        return (
            f"In {kind}: {facts.database}. What people write, the answers, names, tokens and credentials are "
            "encrypted (AES-256-GCM, with a key that is not in the database); ids, times and counts are not. [Say that "
            "texts from before were encrypted with `python -m bot encrypt-texts`, whether the disk or database service "
            "encrypts the rest, and who can reach it.]"
        )
    return (
        f"In {kind}: {facts.database}. The bot does not encrypt it, since SECRET_KEY is not set. [Say whether the "
        "disk or database service does, and who can reach it. Discord's Developer Terms (5c) ask for encryption at "
        "rest.]"
    )


def _vendors(facts: ReviewFacts) -> str:
    named = "\n".join(f"- {label}, at {host}" for label, host in facts.vendors.items())
    others = "nobody else" if facts.is_file else "nobody else but the people who run the database"
    return (
        "Yes, to the chatbots that answer. Each gets the questions that it is asked, with what goes along with them "
        "(see above); those with a memory of their own also get the asker's Discord id, the others the conversation so "
        "far, with the names of those who spoke once there are two. Chatbase v2 keeps that conversation itself, and "
        "gets the asker's Discord id with one that is theirs alone.\n"
        f"{named}\n"
        "They process it under their own terms. [Link their privacy policies.] "
        f"It is not sold, and goes to {others}."
    )


def _policy(facts: ReviewFacts) -> str:
    if facts.policy is not None:
        return f"{facts.policy} (also in `/privacy show` and `/help`)."
    return (
        "[There is none. Write one: docs/privacy-policy-template.md is a beginning. Set PRIVACY_URL to its address, "
        "and link it in the developer portal.]"
    )
