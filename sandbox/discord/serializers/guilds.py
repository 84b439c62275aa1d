"""Guilds, channels and threads as JSON (reference, "Guild", "Channel")."""

from sandbox.discord.errors import Json
from sandbox.discord.model.channels import WITH_VOICE, Channel, ChannelType
from sandbox.discord.model.guilds import Guild
from sandbox.discord.model.permissions import EVERYTHING, Permission
from sandbox.discord.model.users import User
from sandbox.discord.serializers.users import member_json, permissions_json, role_json, user_json

HIDDEN = "___hidden___"
"""The name of a channel that a bot may not view."""

OBFUSCATED = 1 << 17
"""The flag of such a channel (reference, "Channel Flags")."""


def guild_json(guild: Guild) -> Json:
    """Return a guild object, as the REST API gives it."""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "features": [],
        "banner": None,
        "owner_id": str(guild.owner.id),
        "application_id": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None if guild.system_channel is None else str(guild.system_channel.id),
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "roles": [role_json(role) for role in guild.roles.values()],
        "default_message_notifications": 0,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 25_000_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": guild.locale,
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": None,
    }


def guild_create_json(guild: Guild, viewer: User, *, all_members: bool) -> Json:
    """Return the GUILD_CREATE event's data: without the members intent only the viewer itself is listed."""
    members = guild.members.values()
    channels = [channel for channel in guild.channels.values() if channel.thread is None]
    return guild_json(guild) | {
        "joined_at": guild.members[viewer.id].joined_at,
        "large": False,
        "unavailable": False,
        "member_count": len(guild.members),
        "members": [member_json(member) for member in members if all_members or member.user is viewer],
        "channels": [seen_channel_json(channel, viewer) for channel in channels],
        "threads": [channel_json(channel) for channel in guild.threads() if is_active(channel, viewer)],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "hub_type": None,
    }


def is_active(channel: Channel, viewer: User) -> bool:
    """Whether a thread is not archived, and this account may read it."""
    archived = channel.thread is not None and channel.thread.archived
    return not archived and channel.readable_by(viewer)


def channel_json(channel: Channel, viewer: User | None = None) -> Json:
    """Return a channel object; a direct message's recipients leave out `viewer`."""
    if channel.guild is None:
        return _dm_json(channel, viewer)
    body: Json = {
        "id": str(channel.id),
        "type": int(channel.type),
        "guild_id": str(channel.guild.id),
        "name": channel.name,
        "parent_id": str(channel.parent.id) if channel.parent is not None else None,
        "rate_limit_per_user": channel.slow_mode,
        "flags": 0,
    }
    if channel.type is not ChannelType.CATEGORY:
        body["last_message_id"] = _id_or_none(channel.last_message_id)
    if channel.pins:
        body["last_pin_timestamp"] = last_pin(channel)
    if channel.thread is not None:
        return body | _thread_parts(channel)
    body |= {"position": channel.position, "nsfw": False, "permission_overwrites": _overwrites(channel)}
    if channel.type in WITH_VOICE:
        return body | {"bitrate": 64000, "user_limit": 0, "rtc_region": None, "video_quality_mode": 1}
    if channel.type is ChannelType.FORUM:
        body |= {"available_tags": [], "default_reaction_emoji": None, "default_sort_order": None}
        body |= {"default_forum_layout": 0}
    return body | {"topic": channel.topic}


def seen_channel_json(channel: Channel, viewer: User) -> Json:
    """Return a channel as the gateway tells of it: of one that a bot may not view, hardly more than that it is there.

    Discord's change log, "Channel Obfuscation for Users and Bots": for all bots since 16 November 2026.
    """
    if channel.guild is None or channel.viewable_by(viewer):
        return channel_json(channel, viewer)
    everything = channel_json(channel)
    kept = {name: everything[name] for name in ("id", "type", "guild_id", "parent_id", "position")}
    denied = {"id": str(channel.guild.id), "type": 0, "allow": "0", "deny": str(int(Permission.VIEW_CHANNEL))}
    hidden = {"topic": None, "last_message_id": None, "nsfw": False, "rate_limit_per_user": 0}
    return kept | hidden | {"name": HIDDEN, "flags": OBFUSCATED, "permission_overwrites": [denied]}


def interaction_channel_json(channel: Channel, user: User, bot: User) -> Json:
    """Return the channel in an interaction: with what the person may do there."""
    granted = channel.permissions_of(user) if channel.guild is not None else EVERYTHING
    return channel_json(channel, bot) | {"permissions": permissions_json(granted)}


def _dm_json(channel: Channel, viewer: User | None) -> Json:
    others = [user for user in channel.recipients if user is not viewer]
    body: Json = {
        "id": str(channel.id),
        "type": int(channel.type),
        "last_message_id": _id_or_none(channel.last_message_id),
        "flags": 0,
        "recipients": [user_json(user) for user in others],
    }
    if channel.type is ChannelType.GROUP_DM:
        body |= {"name": channel.name or None, "icon": None, "owner_id": str(channel.recipients[0].id)}
    return body


def _thread_parts(channel: Channel) -> Json:
    thread = channel.thread
    if thread is None:
        raise ValueError(channel)
    return {
        "owner_id": str(thread.owner.id),
        "message_count": thread.message_count,
        "total_message_sent": thread.total_sent,
        "member_count": min(50, len(thread.member_ids)),
        "applied_tags": [],
        "thread_metadata": {
            "archived": thread.archived,
            "archive_timestamp": thread.archived_at,
            "auto_archive_duration": thread.auto_archive_minutes,
            "locked": thread.locked,
            "create_timestamp": thread.created_at,
        },
    }


def last_pin(channel: Channel) -> str | None:
    """Return when a message was last pinned, None if none is."""
    return max(channel.pins.values(), default=None)


def thread_member_json(thread: Channel, user: User) -> Json | None:
    """Return an account's membership in a thread, None if it has none."""
    joined = thread.thread.member_ids.get(user.id) if thread.thread is not None else None
    if joined is None:
        return None
    return {"id": str(thread.id), "user_id": str(user.id), "join_timestamp": joined, "flags": 0}


def _overwrites(channel: Channel) -> list[Json]:
    return [
        {"id": str(target), "type": int(rule.kind), "allow": str(int(rule.allow)), "deny": str(int(rule.deny))}
        for target, rule in channel.overwrites.items()
    ]


def _id_or_none(value: int | None) -> str | None:
    return str(value) if value is not None else None
