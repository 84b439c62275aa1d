"""What the bot says about itself: the short help for a mention with nothing else, and the whole of `/help`."""

from collections.abc import Sequence


def short_help(label: str, *, direct: bool) -> str:
    """Return what a mention with nothing else is answered; `label` is the provider that answers here."""
    how = "Just write me your question" if direct else "Mention me with your question"
    return f"{how}, and {label} answers. `/ask` does the same, and `/help` shows what else I can do."


def only_attachments() -> str:
    """Return what a message is answered that holds attachments and no text."""
    return "I cannot read attachments. Please put your question into words."


def full_help(label: str, providers: Sequence[str], *, prefix: str | None, direct: bool) -> str:
    """Return the text of `/help`: `providers` are the configured ones' names, `prefix` that of text commands if any."""
    lines = [
        f"**{label} answers here.**",
        "- Write me a message." if direct else "- Mention me with a question, or reply to one of my messages.",
        "- `/ask` asks as well" + (f", and so does `{prefix}ask`." if prefix else "."),
        f"- {_listed([f'`/{name} ask`' for name in providers])} asks that provider, whatever the channel's is.",
        "- Reply to somebody's message and mention me: I pass their message on with your question.",
        "- I answer questions in a channel one after another. I cannot read attachments.",
        "",
        "**Your conversation**",
        "- `/history show` shows you alone what goes along with your next question.",
        "- `/history clear` starts afresh.",
        "- `/privacy show` tells what I keep about you, `/privacy export` hands it over, `/privacy forget` erases it.",
        "",
        "**For people who manage the server**",
        "- `/settings show` tells what is in force here and why.",
        "- `/settings provider` chooses who answers, in the server or in one channel.",
        "- `/settings name`, `gender`, `prefix` and `developer` set how I present myself.",
        "- `/settings retention` sets for how many days I keep what was asked here.",
    ]
    return "\n".join(lines)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
