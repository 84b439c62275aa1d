"""What the bot adds above or below an answer, posts while it works on one, or tells an asker elsewhere.

What it adds to an answer is small print: a line that begins with `-# `.
"""

from collections.abc import Sequence

from bot.domain.attachments import MAX_FILE_BYTES, MAX_FILES
from bot.domain.question import Caption
from bot.strings.markup import MAX_NAME_CHARS, in_words, small, to_plain
from bot.text.spoilers import without_spoilers

_MAX_NAME_CHARS = 30
_MAX_LIST_CHARS = 160
_MAX_QUESTION_CHARS = 200
"""How much is shown of a file's name, of a list of files, and of a question: all notices fit one message."""

UNTITLED = "Answer"
"""The name of a thread that is started for a question without words."""

UNNAMED = "some attachments"
"""What is said instead of files' names if Discord refuses what is below an answer, which may be for a name."""


def too_many_messages(characters: int) -> str:
    """Return the line for an answer that takes more messages than the bot writes in a row."""
    return small(f"This answer is too long to post here ({characters:,} characters). The attached file has all of it.")


def file_refused(characters: int) -> str:
    """Return the line for such an answer if Discord does not take the file either."""
    return small(
        f"This answer is too long to post here ({characters:,} characters), and Discord didn't take a file from me, so "
        "the rest is missing. Ask for something shorter, or ask a server admin to give me **Attach Files**."
    )


def not_read(names: Sequence[str]) -> str:
    """Return the line that names attachments, which no provider is sent."""
    ignored = _listed(names, _MAX_LIST_CHARS)
    limit = f"up to {MAX_FILES} and {MAX_FILE_BYTES // 1000} kB in all"
    return small(f"I can only read text files, {limit}, so I ignored {ignored}.")


def files_missing(names: Sequence[str]) -> str:
    """Return the line that names text files that could not be loaded."""
    return small(f"I couldn't load {_listed(names)} from Discord.")


def files_shortened(names: Sequence[str], label: str) -> str:
    """Return the line that names text files of which the provider takes only a part."""
    return small(f"{label} can't take that much text, so I sent only the beginning of {_listed(names)}.")


def files_left_out(names: Sequence[str], label: str) -> str:
    """Return the line that names text files that did not fit into the question."""
    return small(f"{label} can't take that much text, so I left out {_listed(names)}.")


def _listed(names: Sequence[str], max_chars: int = _MAX_NAME_CHARS) -> str:
    """Return `names` as far as they fit into `max_chars`, each of them shortened, and how many more there are."""
    plain = [to_plain(name, _MAX_NAME_CHARS) for name in names]
    shown = 1
    while shown < len(plain) and sum(map(len, plain[: shown + 1])) <= max_chars:
        shown += 1
    more = len(names) - shown
    return ", ".join(plain[:shown]) + (f" and {more} more" if more else "")


def quote_not_read() -> str:
    """Return the line for a question that replies to a message whose text Discord does not let the bot see."""
    return small("I can't see the message you replied to, so I answered without it.")


def quote_empty() -> str:
    """Return the line for a question about a message that has no words."""
    return small("I found no text in that message, so I answered without it.")


def quote_withheld() -> str:
    """Return the line for a question about a message whose author has opted out."""
    return small("I don't pass that person's messages on, so I answered without it.")


def asked_above(caption: Caption | None, *, quoting: bool = True) -> str:
    """Return the line above an answer that says who asked or chose what, empty without a caption.

    Unless it is `quoting`, it holds nobody's words.
    """
    if caption is None:
        return ""
    did = "chose" if caption.is_choice else "asked"
    about = f" about {caption.link}" if caption.link else ""
    if not quoting:
        return small(f"Somebody {did} this{about}")
    text = _question(caption.text)
    return small(f"{to_plain(caption.asker, MAX_NAME_CHARS) or 'Somebody'} {did}{about}{': ' if text else ''}{text}")


def answers_wording(question: str) -> str:
    """Return the line below a version of an answer whose question had this wording before it was edited, or after."""
    return small(f"Answers this wording: {_question(question) or '(no text)'}")


def _question(text: str) -> str:
    """Return what is shown of a question; where it is plain, nothing would hide its spoilers."""
    return to_plain(without_spoilers(text), _MAX_QUESTION_CHARS)


def began_again(label: str, *, told: bool) -> str:
    """Return the line for an answer in a new conversation with a provider, since the old one could not go on.

    It was `told` of the turns before it, unless there are none.
    """
    before = " with what was said before" if told else ""
    return small(f"{label} couldn't go on from there, so I started a new conversation there{before}.")


def not_remembered() -> str:
    """Return the line for an answer that was shown but could not be stored."""
    return small("I couldn't save this answer, so I won't remember it.")


def without_extras() -> str:
    """Return the line for an answer whose buttons or pictures Discord refused."""
    return small("Discord didn't accept this answer's buttons or pictures, so they're missing.")


def posted_below() -> str:
    """Return the line for an answer in a new message, since Discord takes no more edits of the old one."""
    return small("Discord doesn't let me edit my old message right now, so I posted a new one.")


def asking(label: str) -> str:
    """Return what stands in place of an answer that is asked for again, until it begins."""
    return f"Asking {label}…"


def waiting_for(label: str) -> str:
    """Return what takes the answer's place while its provider says nothing."""
    return f"Waiting for {label}…"


def looking_up(label: str) -> str:
    """Return what takes the answer's place while its provider looks something up."""
    return f"{label} is looking something up…"


def stopped_early() -> str:
    """Return the line for an answer that was stopped before any of it was there."""
    return small("Stopped before I wrote anything.")


def cut_off(begun: bool) -> str:
    """Return the line below a question that the bot's end cut off, whether something of its answer was shown or not."""
    if begun:
        return small("Interrupted: I was restarted while writing this. Press **Retry**, or ask again.")
    return small("I was restarted before I could answer this. Press **Retry**, or ask again.")


def repeat_cut_off() -> str:
    """Return the line below an answer that was being asked again when the bot was restarted."""
    return small("I was restarted while asking again. This is the previous answer.")


def is_ready(server: int | None, channel: int, message: int) -> str:
    """Return what an asker is called back with."""
    location = "@me" if server is None else server
    return f"Your answer is ready. [Jump to it](https://discord.com/channels/{location}/{channel}/{message})"


def cannot_write(channel: int) -> str:
    """Return what an asker is told outside the channel when the bot may not write in it."""
    return (
        f"You asked me something in <#{channel}>, but I can't post there. Ask a server admin to give me "
        "**View Channel**, **Send Messages** and, for threads, **Send Messages in Threads**."
    )


def no_messages_there(channel: int) -> str:
    """Return what an asker is told outside the channel when Discord takes no messages of the bot there at all."""
    return (
        f"I wanted to reply to you in <#{channel}>, but Discord doesn't take messages from me there. Please ask in "
        "another channel."
    )


def thread_closed(channel: int) -> str:
    """Return what an asker is told outside the channel when it is a thread that takes no messages any more."""
    return (
        f"You asked me something in <#{channel}>, but that thread is locked. Ask a moderator to unlock it, or "
        "to give me **Manage Threads**."
    )


def too_late(channel: int) -> str:
    """Return what an asker is told outside the channel when Discord no longer lets the bot answer there."""
    return (
        f"My answer in <#{channel}> came too late. Discord gives me 15 minutes to answer where I'm not a member, "
        "and to answer in private. Please ask again."
    )


def could_not_show(channel: int) -> str:
    """Return what an asker is told outside the channel when Discord did not take the answer there."""
    return f"I wanted to reply to you in <#{channel}>, but Discord didn't let me post it. Please ask again in a minute."


def blocked_by_rule(channel: int) -> str:
    """Return what an asker is told outside the channel when a rule of the server let nothing of the answer pass."""
    return f"I wanted to reply to you in <#{channel}>, but a rule of that server (AutoMod) blocked it."


def blocked_for_link(channel: int) -> str:
    """Return what an asker is told outside the channel when Discord let nothing of the answer pass for a link in it."""
    return (
        f"I wanted to reply to you in <#{channel}>, but Discord blocked it because it considers a link in it harmful."
    )


def later(seconds: float) -> str:
    """Return when to try again what Discord refuses for so many `seconds`, such as "in 60 minutes"."""
    return f"in {in_words(max(1, seconds))}"
