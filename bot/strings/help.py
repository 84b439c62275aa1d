"""Help: the short one for a mention with nothing else, and `/help`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.domain.attachments import MAX_FILE_BYTES
from bot.domain.question import Location
from bot.strings.markup import in_phrase, small
from bot.text.markdown.code_spans import draw_code_span

Reach = Literal["mention", "message", "direct", "command"]
"""How the bot is spoken to in a place: by a mention, by any message, by one to it alone, or by nothing but commands."""

_SHORT: Mapping[Reach, str] = {
    "mention": "Mention me with your question",
    "message": "Just write your question here",
    "direct": "Just write me your question",
    "command": "Use a command with your question",
}
_FULL: Mapping[Reach, str] = {
    "mention": "Mention me with a question, or reply to one of my messages.",
    "message": "Just write a message. I answer every message here that isn't meant for someone else.",
    "direct": "Just write me a message.",
    "command": "Ask with `/ask`. I'm not a member here, so I see nothing but commands.",
}


@dataclass(frozen=True, slots=True)
class Rights:
    """What the reader of `/help` may do here; `refusal` says why they are not answered here, None if they are."""

    manages: bool = False
    sees_history: bool = True
    clears_history: bool = True
    refusal: str | None = None


_OF_MESSAGES = ("- Edit your message within two minutes and I'll answer again. Delete it and I'll delete my answer.",)

_FILES = f"- I read attached text files, up to {MAX_FILE_BYTES // 1000} kB in all, and no other files."

_SEE_HISTORY = "- `/history show` shows you what I'd send along with your next question."
_CLEAR_HISTORY = "- `/history clear` starts a new conversation."

_FOR_MANAGERS = (
    "",
    "**For admins**",
    "- `/settings show`: what's set for this channel, and what has no effect.",
    "- `/settings provider`: who answers. `model`, `temperature`, `system-prompt`, `story`: how they do.",
    "- `/settings channels`, `roles`: where and for whom I answer. `auto-reply`: to every message.",
    "- `/settings conversation`, `length`, `threads`: how I answer. `retention`: how long I keep what was said.",
    "- `/settings name`, `gender`, `developer`: my persona. `prefix`: of text commands.",
    "- `/settings limit`: how much may be asked. `fallback`: who steps in.",
    "- `/setup`: this server's own chatbot. `/usage`: how much was asked. `/doctor`: what's wrong here.",
)


def reach_in(location: Location, *, auto_reply: bool) -> Reach:
    """Return how the bot is spoken to in `location`; `auto_reply` says that it answers every message there."""
    if location.is_user_install:
        return "command"
    if location.is_dm:
        return "direct"
    return "message" if auto_reply else "mention"


def short_help(label: str, *, reach: Reach) -> str:
    """Return what a mention with nothing else is answered; `label` is the provider that answers here."""
    return f"{_SHORT[reach]}, and {label} answers. `/ask` works too. `/help` shows what else I can do."


def only_attachments() -> str:
    """Return the reply to a message that has only attachments, none of them a text file."""
    limit = f"up to {MAX_FILE_BYTES // 1000} kB in all"
    return f"I can't read attachments other than text files ({limit}). Please write your question."


def nothing_to_read() -> str:
    """Return what is said if somebody only points at a message in which the bot finds no words."""
    return "I can't read anything in that message. Please put your question into words."


def mention_me_instead(bot: int) -> str:
    """Return the line for a mention of the bot's own role, if Discord hides what the message says."""
    return small(f"You mentioned my role, so Discord doesn't show me your message. Please mention me instead: <@{bot}>")


def full_help(
    label: str,
    providers: Sequence[str],
    *,
    prefix: str | None,
    reach: Reach,
    rights: Rights = Rights(),
    policy: str | None = None,
) -> str:
    """Return the text of `/help`: `providers` are the configured ones' names, `prefix` that of text commands if any.

    `policy` is the address of the host's privacy policy.
    """
    asking = _on_asking(label, providers, prefix, reach) if rights.refusal is None else [rights.refusal]
    lines = [
        *asking,
        "",
        "**Your conversation**",
        *([_SEE_HISTORY] if rights.sees_history else []),
        *([_CLEAR_HISTORY] if rights.clears_history else []),
        "- `/privacy show`, `export`, `forget`: what I store about you. `opt-out`: I don't read your messages.",
        *([f"- [Privacy policy](<{policy}>) of this bot's host."] if policy is not None else []),
        *(_FOR_MANAGERS if rights.manages else ()),
    ]
    return "\n".join(lines)


def _on_asking(label: str, providers: Sequence[str], prefix: str | None, reach: Reach) -> Sequence[str]:
    in_server = reach in ("mention", "message")
    by_name = f"- {in_phrase([f'`/{name} ask`' for name in providers], 'or')} asks that chatbot directly."
    as_well = f"- Or use `/ask` or {draw_code_span(f'{prefix}ask')}." if prefix else "- Or use `/ask`."
    alone = "- With `private: True` in `/ask`, only you see the answer."
    again = "**Retry** and **Ask another**" if len(providers) > 1 else "**Retry**"
    reply = "- Reply to someone's message and mention me to ask about it."
    return [
        f"**{label} answers here.**",
        f"- {_FULL[reach]}",
        *([] if reach == "command" else [as_well]),
        alone,
        by_name,
        *([reply] if in_server else []),
        "- Right-click a message (long-press on a phone) → **Apps** → **Ask about this** asks about that message.",
        *([] if reach == "command" else [_FILES]),
        "- In a channel I answer up to three people at once, and each one's questions in order.",
        "",
        "**My answers**",
        f"- Under your answers: **Stop** while I'm writing, then {again}. ◀ ▶ switch versions.",
        "- Right-click an answer → **Apps** → **Why this answer?** shows who answered, and how long it took.",
        *(() if reach == "command" else _OF_MESSAGES),
    ]
