"""What is sent to a provider that keeps conversations: the id of its own, while that is in step with the turns."""

from dataclasses import replace

from bot.domain.conversation import BuiltPrompt, Conversation, Retried


def at_provider(
    built: BuiltPrompt, conversation: Conversation, retried: Retried | None, *, goes_on: bool, is_personal: bool
) -> BuiltPrompt:
    """Return what is sent to a provider that keeps conversations: the id of its own, if that goes on."""
    later_turns = conversation.has_later_turns
    if not goes_on or conversation.remote is None:
        is_told = bool(built.prompt.history or built.left_out)
        breaks_off = conversation.remote is not None and (is_told or later_turns)
        prompt = replace(built.prompt, is_personal=is_personal)
        return replace(built, prompt=prompt, breaks_off=breaks_off, later_turns=later_turns)
    prompt = replace(
        built.prompt,
        conversation_id=conversation.remote.id,
        retry_of=None if retried is None else retried.answer,
        is_personal=is_personal,
    )
    return replace(built, prompt=prompt, remote=conversation.remote, later_turns=later_turns)
