"""Guilds: looking them up, their members, channels and roles, and the bot's own nickname."""

from sandbox.discord.errors import MISSING_PERMISSIONS, UNKNOWN_MEMBER, UNKNOWN_USER, ApiError, FormErrors
from sandbox.discord.model.permissions import Permission
from sandbox.discord.rest.request import ApiRequest, Reply, Route
from sandbox.discord.serializers.guilds import channel_json, guild_json, is_active, thread_member_json
from sandbox.discord.serializers.users import member_json, role_json
from sandbox.discord.validators.fields import text

MAX_NICK = 32


async def get_guild(call: ApiRequest) -> Reply:
    """GET /guilds/{guild_id}."""
    guild = call.guild()
    counts = {"approximate_member_count": len(guild.members), "approximate_presence_count": len(guild.members)}
    return Reply(guild_json(guild) | (counts if call.request.query.get("with_counts") in ("true", "1") else {}))


async def get_member(call: ApiRequest) -> Reply:
    """GET /guilds/{guild_id}/members/{user_id}."""
    guild = call.guild()
    key = call.number("user_id", UNKNOWN_USER)
    if key not in call.state.users:
        raise ApiError(UNKNOWN_USER)
    if key not in guild.members:
        raise ApiError(UNKNOWN_MEMBER)
    return Reply(member_json(guild.members[key]))


async def edit_own_member(call: ApiRequest) -> Reply:
    """PATCH /guilds/{guild_id}/members/@me: the bot's nickname; null or empty takes it away."""
    member = call.guild().members[call.bot.id]
    body = call.form()
    errors = FormErrors()
    nick = text(body, "nick", errors, (), maximum=MAX_NICK).strip()
    errors.raise_if_any()
    if "nick" in body:
        if Permission.CHANGE_NICKNAME not in member.permissions:
            raise ApiError(MISSING_PERMISSIONS)
        member.set_nick(nick or None)
    return Reply(member_json(member))


async def list_channels(call: ApiRequest) -> Reply:
    """GET /guilds/{guild_id}/channels: those that the bot may view, without threads."""
    channels = [channel for channel in call.guild().channels.values() if channel.thread is None]
    return Reply([channel_json(channel) for channel in channels if channel.viewable_by(call.bot)])


async def list_roles(call: ApiRequest) -> Reply:
    """GET /guilds/{guild_id}/roles."""
    return Reply([role_json(role) for role in call.guild().roles.values()])


async def list_active_threads(call: ApiRequest) -> Reply:
    """GET /guilds/{guild_id}/threads/active: those that are not archived, and where the bot is a member."""
    threads = [thread for thread in call.guild().threads() if is_active(thread, call.bot)]
    members = [thread_member_json(thread, call.bot) for thread in threads]
    return Reply(
        {
            "threads": [channel_json(thread) for thread in threads],
            "members": [member for member in members if member is not None],
            "has_more": False,
        }
    )


async def list_default_sounds(_: ApiRequest) -> Reply:
    """GET /soundboard-default-sounds, which py-cord asks for before it is ready."""
    sound = {"name": "quack", "sound_id": "1", "volume": 1.0, "emoji_id": None, "emoji_name": "🦆", "available": True}
    return Reply([sound])


ROUTES = (
    Route("GET", "/guilds/{guild_id}", get_guild),
    Route("GET", "/guilds/{guild_id}/channels", list_channels),
    Route("GET", "/guilds/{guild_id}/roles", list_roles),
    Route("GET", "/guilds/{guild_id}/threads/active", list_active_threads),
    Route("PATCH", "/guilds/{guild_id}/members/@me", edit_own_member),
    Route("GET", "/guilds/{guild_id}/members/{user_id}", get_member),
    Route("GET", "/soundboard-default-sounds", list_default_sounds),
)
