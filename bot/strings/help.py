"""What the bot says about itself: the short help for a mention with nothing else, and the whole of `/help`."""

from collections.abc import Mapping, Sequence
from typing import Literal

from bot.domain.question import Location

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
    "message": "Write a message: I answer every one here that is not meant for somebody else.",
    "direct": "Write me a message.",
    "command": "Ask with `/ask`: I am only a guest here, and see nothing but commands.",
}

_OF_MESSAGES = ("- Change your message within two minutes, and I answer it anew. Delete it, and my answer goes too.",)

_FOR_MANAGERS = (
    "",
    "**For people who manage the server**",
    "- `/settings show` tells what is in force here and why.",
    "- `/settings provider` chooses who answers, in the server or in one channel.",
    "- `/settings auto-reply` has me answer every message in a channel.",
    "- `/settings name`, `gender`, `prefix` and `developer` set how I present myself.",
    "- `/settings retention` sets for how many days I keep what was asked here.",
    "- `/doctor` tells what keeps me from answering in a channel, and how to mend it.",
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
    return f"{_SHORT[reach]}, and {label} answers. `/ask` does the same, and `/help` shows what else I can do."


def only_attachments() -> str:
    """Return what a message is answered that holds attachments and no text."""
    return "I cannot read attachments. Please put your question into words."


def full_help(label: str, providers: Sequence[str], *, prefix: str | None, reach: Reach) -> str:
    """Return the text of `/help`: `providers` are the configured ones' names, `prefix` that of text commands if any."""
    in_server = reach in ("mention", "message")
    by_name = f"- {_listed([f'`/{name} ask`' for name in providers])} asks that provider, whoever answers here."
    as_well = "- `/ask` asks as well" + (f", and so does `{prefix}ask`." if prefix else ".")
    again = "**Retry** and **Ask another**" if len(providers) > 1 else "**Retry**"
    reply = "- Reply to somebody's message and mention me: I pass their message on with your question."
    lines = [
        f"**{label} answers here.**",
        f"- {_FULL[reach]}",
        *([by_name] if reach == "command" else [as_well, by_name]),
        *([reply] if in_server else []),
        "- **Ask about this**, in a message's menu under **Apps**, asks about that message.",
        "- I answer questions in a channel one after another. I cannot read attachments.",
        "",
        "**My answers**",
        f"- Below an answer, its asker finds **Stop** while I write, then {again}; ◀ ▶ leaf through its versions.",
        "- **Why this answer?**, in an answer's menu under **Apps**, tells how it came about.",
        *(() if reach == "command" else _OF_MESSAGES),
        "",
        "**Your conversation**",
        "- `/history show` shows you alone what goes along with your next question.",
        "- `/history clear` starts afresh.",
        "- `/privacy show` tells what I keep about you, `/privacy export` hands it over, `/privacy forget` erases it.",
        *(_FOR_MANAGERS if in_server else ()),
    ]
    return "\n".join(lines)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
