"""Messages as JSON, with what a bot without the message content intent may not read left blank."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sandbox.discord.errors import Json
from sandbox.discord.model.channels import Channel
from sandbox.discord.model.installations import Owners
from sandbox.discord.model.interactions import Interaction, InteractionType
from sandbox.discord.model.messages import SYSTEM, Attachment, Message, MessageType, Poll, Snapshot, Sticker
from sandbox.discord.model.users import Application, User
from sandbox.discord.serializers.guilds import channel_json
from sandbox.discord.serializers.users import member_json, user_json

POLL_LASTS = timedelta(hours=24)
"""How long people may vote, unless the poll's author says otherwise (reference, "Poll Create Request Object")."""


def may_read(message: Message, viewer: Application, *, reads_content: bool) -> bool:
    """Whether a bot gets a message's text, files and components.

    Without the privileged intent: in direct messages, when it is mentioned, and its own (reference, "Message Content
    Intent").
    """
    if reads_content or message.channel.guild is None or message.author is viewer.bot:
        return True
    return viewer.bot in message.mentions.users


def message_json(
    message: Message, viewer: Application, *, reads_content: bool | None = None, nested: bool = False
) -> Json:
    """Return a message object as the REST API gives it; `nested` leaves out the message it refers to."""
    reads = viewer.reads_content if reads_content is None else reads_content
    readable = may_read(message, viewer, reads_content=reads)
    body: Json = {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "type": int(message.type),
        "author": user_json(message.author),
        "content": message.content if readable else "",
        "embeds": list(message.embeds) if readable else [],
        "components": list(message.components) if readable else [],
        "attachments": [attachment_json(file, message) for file in message.attachments] if readable else [],
        "mentions": [user_json(user) for user in message.mentions.users],
        "mention_roles": [str(role.id) for role in message.mentions.roles],
        "mention_everyone": message.mentions.everyone,
        "timestamp": message.timestamp,
        "edited_timestamp": message.edited_timestamp,
        "flags": int(message.flags),
        "pinned": message.id in message.channel.pins,
        "tts": False,
    }
    body |= _extras_parts(message, readable=readable)
    if message.nonce is not None:
        body["nonce"] = message.nonce
    if message.thread is not None:
        body["thread"] = channel_json(message.thread)
    if message.interaction is not None:
        body |= _interaction_parts(message.interaction, message)
    if message.reference is not None:
        body |= _reference_parts(message, viewer, reads=reads, nested=nested)
    return body


def message_event_json(message: Message, viewer: Application, *, reads_content: bool) -> Json:
    """Return the data of MESSAGE_CREATE and MESSAGE_UPDATE; an ephemeral message belongs to no guild there."""
    body = message_json(message, viewer, reads_content=reads_content)
    body["channel_type"] = int(message.channel.type)
    guild = message.channel.guild
    if guild is None or message.ephemeral:
        return body
    body["guild_id"] = str(guild.id)
    author = guild.members.get(message.author.id)
    if author is not None:
        body["member"] = member_json(author, with_user=False)
    body["mentions"] = [_mentioned(user, message.channel) for user in message.mentions.users]
    return body


def attachment_json(file: Attachment, message: Message | None = None) -> Json:
    """Return an attachment object, whose addresses are signed each time."""
    url = file.signed_url()
    body: Json = {
        "id": str(file.id),
        "filename": file.filename,
        "size": len(file.data),
        "url": url,
        "proxy_url": url,
        "content_type": file.content_type,
    }
    if file.description is not None:
        body["description"] = file.description
    if message is not None and message.ephemeral:
        body["ephemeral"] = True
    return body


def owners_json(owners: Owners) -> Json:
    """Return by whose installations an interaction came."""
    return {str(int(install)): str(owner) for install, owner in owners.items()}


def _mentioned(user: User, channel: Channel) -> Json:
    member = channel.guild.members.get(user.id) if channel.guild is not None else None
    extra = {"member": member_json(member, with_user=False)} if member is not None else {}
    return user_json(user) | extra


def _extras_parts(message: Message, *, readable: bool) -> Json:
    """Return what few messages have; of a poll and a forwarded message nothing to those who may not read the text."""
    extras, parts = message.extras, dict[str, Any]()
    if extras.stickers:
        parts["sticker_items"] = _stickers_json(extras.stickers)
    if extras.poll is not None and readable:
        parts["poll"] = _poll_json(extras.poll, message)
    if extras.snapshot is not None:
        parts["message_snapshots"] = [{"message": _snapshot_json(extras.snapshot, readable=readable)}]
    return parts


def _poll_json(poll: Poll, message: Message) -> Json:
    ends = datetime.fromisoformat(message.timestamp) + POLL_LASTS
    return {
        "question": {"text": poll.question},
        "answers": [
            {"answer_id": number, "poll_media": {"text": option}} for number, option in enumerate(poll.options, start=1)
        ],
        "expiry": ends.isoformat(),
        "allow_multiselect": False,
        "layout_type": 1,
        "results": {"answer_counts": [], "is_finalized": False},
    }


def _snapshot_json(snapshot: Snapshot, *, readable: bool) -> Json:
    shown, mentions = snapshot.shown, snapshot.mentions
    body: Json = {
        "type": int(snapshot.type),
        "content": shown.content if readable else "",
        "embeds": list(shown.embeds) if readable else [],
        "components": list(shown.components) if readable else [],
        "attachments": [attachment_json(file) for file in shown.attachments] if readable else [],
        "mentions": [user_json(user) for user in mentions.users],
        "mention_roles": [str(role.id) for role in mentions.roles],
        "timestamp": snapshot.timestamp,
        "edited_timestamp": snapshot.edited_timestamp,
        "flags": int(snapshot.flags),
        "stickers": [],
    }
    if shown.extras.stickers:
        body["sticker_items"] = _stickers_json(shown.extras.stickers)
    return body


def _stickers_json(stickers: Iterable[Sticker]) -> list[Json]:
    return [{"id": str(sticker.id), "name": sticker.name, "format_type": 1} for sticker in stickers]


def _reference_parts(message: Message, viewer: Application, *, reads: bool, nested: bool) -> Json:
    reference = message.reference
    if reference is None:
        return {}
    link: Json = {"type": int(reference.forwards), "channel_id": str(reference.channel_id)}
    if reference.message_id is not None:
        link["message_id"] = str(reference.message_id)
    if reference.guild_id is not None:
        link["guild_id"] = str(reference.guild_id)
    parts: Json = {"message_reference": link}
    if not nested and not reference.forwards and message.type not in SYSTEM:
        target = message.replied_to
        # Null says that the message is gone; ephemeral ones are never shown to those who were not asked.
        parts["referenced_message"] = (
            message_json(target, viewer, reads_content=reads, nested=True) if target is not None else None
        )
    return parts


def _interaction_parts(interaction: Interaction, message: Message) -> Json:
    parts: Json = {
        "application_id": str(interaction.application.id),
        "webhook_id": str(interaction.application.id),
        "interaction_metadata": _metadata(interaction, message),
    }
    if interaction.type is InteractionType.COMMAND and message.type is not MessageType.REPLY:
        parts["interaction"] = {
            "id": str(interaction.id),
            "type": int(interaction.type),
            "name": interaction.data["name"],
            "user": user_json(interaction.user),
        }
    return parts


def _metadata(interaction: Interaction, message: Message | None) -> Json:
    body: Json = {
        "id": str(interaction.id),
        "type": int(interaction.type),
        "user": user_json(interaction.user),
        "authorizing_integration_owners": owners_json(interaction.owners),
    }
    if message is not None and message is not interaction.message and interaction.message is not None:
        body["original_response_message_id"] = str(interaction.message.id)
    if interaction.type is InteractionType.COMPONENT and interaction.source is not None:
        body["interacted_message_id"] = str(interaction.source.id)
    if interaction.type is InteractionType.MODAL and interaction.parent is not None:
        body["triggering_interaction_metadata"] = _metadata(interaction.parent, None)
    return body
