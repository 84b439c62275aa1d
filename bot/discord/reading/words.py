"""All words that people read in a message: its text, embeds, poll, buttons, stickers, and what it forwards."""

import re
from collections.abc import Iterable, Iterator, Sequence

import discord

from bot.discord.custom_ids import CONTROL_ID

Readable = discord.Message | discord.MessageSnapshot
"""A message, or what a forward holds of one."""

_EMPTY_NAME = re.compile(r":? \*\*\*\*")
"""What is left of a system message's sentence if Discord hides the name in it."""


def words_of(message: Readable, *, buttons: bool = True) -> str:
    """Return the words of a message, as Discord writes them; an empty string if it has none, or Discord hides them.

    Without `buttons`, only what is above them is read.
    """
    parts = [*_parts(message), *(_component_words(message.components) if buttons else ())]
    parts += [f"[sticker: {sticker.name}]" for sticker in message.stickers]
    return "\n".join(part for part in parts if part)


def files_of(message: discord.Message) -> Sequence[discord.Attachment]:
    """Return the files of a message, and of one that it forwards."""
    return [*message.attachments, *(file for each in message.message_snapshots for file in each.attachments)]


def poll_words(poll: discord.Poll) -> str:
    """Return a poll's question and its options."""
    return "\n".join([poll.question, *(f"- {answer.text}" for answer in poll.answers)])


def _parts(message: Readable) -> Iterator[str]:
    if isinstance(message, discord.Message) and message.is_system():
        yield _system_words(message)
    elif isinstance(message, discord.Message) and message.type is discord.MessageType.poll_result:
        yield from _poll_result(message)
        return
    else:
        yield message.content
    for embed in message.embeds:
        yield from _embed_words(embed)
    if isinstance(message, discord.Message):
        if message.poll is not None:
            yield poll_words(message.poll)
        yield from map(words_of, message.message_snapshots)
        if message.type is discord.MessageType.thread_starter_message:
            started_at = message.reference.resolved if message.reference is not None else None
            yield words_of(started_at) if isinstance(started_at, discord.Message) else ""


def _system_words(message: discord.Message) -> str:
    """Return the sentence that Discord's clients make of a system message."""
    try:
        sentence: str | None = message.system_content
    except Exception:  # noqa: BLE001 - discord.py 2.7.1 raises several errors if parts of such a message are missing
        return message.content
    return _EMPTY_NAME.sub("", sentence or message.content)


def _poll_result(message: discord.Message) -> Iterator[str]:
    """Yield what a poll's end says: Discord sends it as an embed whose fields have fixed names."""
    values = {field.name: field.value for embed in message.embeds for field in embed.fields}
    yield values.get("poll_question_text") or ""
    yield values.get("victor_answer_text") or ""


def _embed_words(embed: discord.Embed) -> Iterator[str]:
    yield embed.author.name or ""
    yield embed.title or ""
    yield embed.description or ""
    for field in embed.fields:
        yield f"{field.name}: {field.value}"
    yield embed.footer.text or ""


def _component_words(components: Iterable[object]) -> Iterator[str]:
    """Yield the words of components; they hold others three levels deep at most (reference, "Component Reference")."""
    for component in components:
        match component:
            case discord.TextDisplay():
                yield component.content
            case discord.components.Button():
                # Of a forward Discord does not say who wrote it: the bot's own controls are known by their ids.
                is_control = CONTROL_ID.fullmatch(component.custom_id or "") is not None
                yield f"[{component.label}]" if component.label and not is_control else ""
            case discord.SelectMenu():
                yield component.placeholder or ""
                yield from (f"- {option.label}" for option in component.options)
            case discord.SectionComponent():
                yield from _component_words([*component.children, component.accessory])
            case discord.ActionRow() | discord.Container():
                yield from _component_words(component.children)
            case discord.ThumbnailComponent():
                yield component.description or ""
            case discord.MediaGalleryComponent():
                yield from (item.description or "" for item in component.items)
            case discord.FileComponent():
                yield component.name or ""
