"""What the bot reports when it is asked about its settings and its memory."""

from collections.abc import Mapping

from bot.domain.answer import Answer, Figures
from bot.domain.conversation import Recalled
from bot.domain.provider import Provider
from bot.domain.server_settings import InForce

_SOURCES = {"channel": "set for this channel", "server": "set for this server", "default": "default"}
_LONGEST_VALUE = 80


def describe_settings(settings: Mapping[str, InForce]) -> str:
    """Return a line for each setting in force: its name, its value, and where that comes from."""
    return "\n".join(
        f"- **{name.replace('_', ' ')}**: {_value(setting.value)} ({_SOURCES[setting.source]})"
        for name, setting in settings.items()
    )


def describe_auto_reply(channel: int, *, on: bool) -> str:
    """Return what is said when every message of a channel is answered from now on, or no longer."""
    if not on:
        return f"I no longer answer every message in <#{channel}>: mention me there, or use `/ask`."
    return (
        f"I answer every message in <#{channel}> now, and in its threads and posts. I leave alone what is meant for "
        "somebody else: replies to another person, messages that begin with a mention of others, and messages "
        "without text. Other bots are never answered."
    )


def cannot_auto_reply() -> str:
    """Return why not every message can be answered: the bot is not shown their texts, and how its host changes that."""
    return (
        "I cannot answer every message, because Discord does not show me their texts. Whoever hosts me can change "
        "that: in Discord's Developer Portal, under **Bot**, turn on **Message Content Intent**, then set "
        "`MESSAGE_CONTENT_INTENT=true` in `.env` and restart me."
    )


def describe_prompt(provider: Provider, recalled: Recalled) -> tuple[str, str]:
    """Return what goes along with a next question: a summary, and the conversation so far where that is sent."""
    prompt = recalled.prompt
    if provider.remembers:
        summary = (
            f"{provider.label} keeps your conversation itself, under the key `{prompt.user_key}`. "
            "Nothing goes along with your next question but that key."
        )
        return summary, ""
    if not prompt.history:
        return f"Nothing yet: your next question begins a new conversation with {provider.label}.", ""
    # A conversation that has reached its bounds gives way to a new one, whose id is made with the question.
    conversation = "as a new conversation" if recalled.replaces else f"as conversation `{prompt.conversation_id}`"
    characters = sum(len(message.text) for message in prompt.history)
    summary = (
        f"{len(prompt.history)} messages ({characters} characters) of this channel would go to {provider.label} "
        f"before your next question, {conversation}:"
    )
    return summary, "\n".join(f"**{message.role}:** {message.text}" for message in prompt.history)


def describe_cleared(provider: Provider, *, direct: bool) -> str:
    """Return what is said after a fresh start."""
    whose = "Your" if provider.remembers or direct else "This channel's"
    return (
        f"{whose} conversation with {provider.label} starts afresh, without what was said before. "
        "`/privacy forget` erases what I keep about you."
    )


def describe_run(answer: Answer, labels: Mapping[str, str]) -> str:
    """Return how the version of an answer that is shown came about: figures from the journal, and nobody's words.

    `labels` are the providers' names in sentences.
    """
    run = answer.run(answer.shown) or (answer.runs[-1] if answer.runs else None)
    if run is None:
        return "I do not keep anything about this answer any more."
    if run.state == "open":
        return "I am still writing this answer. Please ask when it is finished."
    figures = run.figures
    lines = [f"**{labels.get(run.provider, run.provider)}** {_ENDS.get(run.outcome or 'whole', 'answered')}."]
    if len(answer.versions) > 1 and run.number in answer.versions:
        lines[0] += f" This is version {answer.versions.index(run.number) + 1} of {len(answer.versions)}."
    if run.error is not None:
        lines.append(f"- **error**: `{run.error}`, as my log calls it")
    lines += [
        f"- **waited for its turn**: {_duration(figures.waited)}",
        f"- **first text after**: {_duration(figures.first_text)}",
        f"- **finished after**: {_duration(figures.total)}",
        f"- **writes to Discord**: {figures.edits}, {figures.retries} of them again after a failure",
        f"- **history sent along**: {_history(figures)}",
    ]
    return "\n".join(lines)


_ENDS = {
    "whole": "answered in full",
    "partial": "answered in part",
    "failed": "gave no answer",
    "stopped": "was stopped",
    "interrupted": "was interrupted by a restart",
    "lost": "answered, but Discord did not show it",
}


def _duration(milliseconds: int | None) -> str:
    return "never" if milliseconds is None else f"{milliseconds / 1000:.1f} s"


def _history(figures: Figures) -> str:
    left_out = f"; {figures.history_left_out} older ones no longer fitted" if figures.history_left_out else ""
    return f"{figures.history_sent} messages{left_out}" if figures.history_sent or left_out else "none"


def _value(value: str | None) -> str:
    if value is None:
        return "not set"
    shown = value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}…"
    return f"`{' '.join(shown.replace('`', 'ˋ').split())}`"
