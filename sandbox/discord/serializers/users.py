"""Accounts, members, roles and applications as JSON (reference, "Users", "Guilds", "Applications")."""

from datetime import UTC, datetime

from sandbox.discord.errors import Json
from sandbox.discord.model.guilds import Member, Role
from sandbox.discord.model.permissions import Permission
from sandbox.discord.model.users import Application, User


def user_json(user: User) -> Json:
    """Return a user object as anybody may see it."""
    body: Json = {
        "id": str(user.id),
        "username": user.name,
        "global_name": None if user.is_bot else user.display_name or user.name.capitalize(),
        "avatar": None,
        # People lost their discriminators; bots keep theirs.
        "discriminator": f"{user.id % 9999 + 1:04}" if user.is_bot else "0",
        "public_flags": 0,
        "flags": 0,
        "banner": None,
        "accent_color": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
    }
    if user.is_bot:
        body["bot"] = True
    return body


def own_user_json(user: User) -> Json:
    """Return the user object that an account gets of itself."""
    return user_json(user) | {
        "mfa_enabled": True,
        "locale": "en-US",
        "premium_type": 0,
        "email": None,
        "verified": True,
    }


def member_json(member: Member, *, with_user: bool = True) -> Json:
    """Return a guild member object."""
    body: Json = {
        "avatar": None,
        "avatar_decoration_data": None,
        "banner": None,
        "collectibles": None,
        "communication_disabled_until": _written(member.timed_out_until) if member.timed_out_until else None,
        "flags": 0,
        "joined_at": member.joined_at,
        "nick": member.nick,
        "pending": False,
        "premium_since": None,
        "roles": [str(role.id) for role in member.roles],
        "mute": False,
        "deaf": False,
    }
    return body | {"user": user_json(member.user)} if with_user else body


def _written(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def role_json(role: Role) -> Json:
    """Return a role object."""
    body: Json = {
        "id": str(role.id),
        "name": role.name,
        "description": None,
        "permissions": str(int(role.permissions)),
        "position": role.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": role.bot_id is not None,
        "mentionable": role.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    if role.bot_id is not None:
        body["tags"] = {"bot_id": str(role.bot_id)}
    return body


def application_json(application: Application) -> Json:
    """Return the application object that a bot gets of itself."""
    guilds = application.state.guilds.values()
    return {
        "id": str(application.id),
        "name": application.name,
        "icon": None,
        "description": "",
        "summary": "",
        "type": None,
        "bot": user_json(application.bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "integration_types_config": {"0": {}} | ({"1": {}} if application.user_install else {}),
        "verify_key": f"{application.id:064x}",
        "flags": int(application.flags),
        "flags_new": str(int(application.flags)),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user_json(application.owner),
        "approximate_guild_count": sum(application.bot.id in guild.members for guild in guilds),
        "approximate_user_install_count": len(application.installed_by),
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": ["bot", "applications.commands"],
    }


def permissions_json(permissions: Permission) -> str:
    """Permissions as Discord writes them: the decimal number as a string."""
    return str(int(permissions))
