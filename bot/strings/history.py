"""What `/history` says."""

from bot.domain.conversation import BuiltPrompt
from bot.domain.provider import Provider
from bot.strings.markup import as_code

_MAX_ID_CHARS = 200
"""Characters that are shown of a conversation's id at a provider, which the provider makes."""


def describe_prompt(provider: Provider, built_prompt: BuiltPrompt, *, private: bool = False) -> tuple[str, str]:
    """Return what goes along with a next question: a summary, and the conversation so far if that is sent.

    It is about questions asked in `private`, or about the others.
    """
    prompt = built_prompt.prompt
    if provider.remembers == "people":
        summary = (
            f"{provider.label} remembers your conversation itself, under the id `{prompt.user_key}`. "
            "I'd send only that id along with your next question."
        )
        return summary, ""
    if (remote := built_prompt.remote) is not None:
        summary = (
            f"{provider.label} keeps this conversation itself, since <t:{remote.since}:f>, "
            f"under the id {as_code(remote.id, _MAX_ID_CHARS)}. "
            "I'd send only that id along with your next question."
        )
        return summary, ""
    place, question = ("this channel", "question") if not private else ("your private questions", "private question")
    if not prompt.history:
        return f"Nothing yet. Your next {question} starts a new conversation with {provider.label}.", ""
    # A conversation that has reached its bounds gives way to a new one, whose id is made with the question.
    is_new = built_prompt.replaces is not None or not prompt.conversation_id
    conversation = "as a new conversation" if is_new else f"as conversation `{prompt.conversation_id}`"
    characters = sum(len(message.text) for message in prompt.history)
    summary = (
        f"{len(prompt.history)} messages ({characters} characters) from {place} would go to {provider.label} "
        f"along with your next {question}, {conversation}:"
    )
    return summary, "\n".join(f"**{message.role}:** {message.text}" for message in prompt.history)


def describe_cleared(provider: Provider, *, is_shared: bool) -> str:
    """Return what is said after a fresh start."""
    whose = "This channel's" if is_shared else "Your"
    kept = f" {provider.label} keeps the old one, since I can't delete it there." if _keeps(provider) else ""
    return (
        f"{whose} conversation with {provider.label} starts over. What was said before is no longer sent.{kept} "
        "`/privacy forget` deletes what I store about you."
    )


def _keeps(provider: Provider) -> bool:
    return provider.remembers == "conversations"
