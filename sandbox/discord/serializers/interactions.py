"""Interactions and commands as JSON (reference, "Receiving and Responding", "Application Commands")."""

from sandbox.discord.errors import Json
from sandbox.discord.model.channels import Channel
from sandbox.discord.model.guilds import Role
from sandbox.discord.model.installations import Context, context_of
from sandbox.discord.model.interactions import Callback, Interaction
from sandbox.discord.model.messages import Attachment, Message
from sandbox.discord.model.permissions import NOTHING, Permission
from sandbox.discord.model.users import Command, User
from sandbox.discord.serializers.guilds import interaction_channel_json
from sandbox.discord.serializers.messages import attachment_json, message_json, owners_json
from sandbox.discord.serializers.users import member_json, permissions_json, role_json, user_json

ATTACHMENT_SIZE_LIMIT = 10 * 1024 * 1024
"""Bytes that a file may have in a guild without boosts (reference, "Uploading Files")."""


def interaction_json(interaction: Interaction) -> Json:
    """Return the data of INTERACTION_CREATE."""
    channel, guild, user = interaction.channel, interaction.channel.guild, interaction.user
    bot = interaction.application.bot
    body: Json = {
        "id": str(interaction.id),
        "application_id": str(interaction.application.id),
        "type": int(interaction.type),
        "data": interaction.data | ({"resolved": interaction.resolved} if interaction.resolved else {}),
        "token": interaction.token,
        "version": 1,
        "channel": interaction_channel_json(channel, user, bot),
        "channel_id": str(channel.id),
        "app_permissions": permissions_json(_app_permissions(interaction)),
        "locale": user.locale,
        "entitlements": [],
        "authorizing_integration_owners": owners_json(interaction.owners),
        "context": int(context_of(channel, interaction.application)),
        "attachment_size_limit": ATTACHMENT_SIZE_LIMIT,
    }
    if guild is None:
        body["user"] = user_json(user)
    else:
        granted = permissions_json(channel.permissions_of(user))
        body["member"] = member_json(guild.members[user.id]) | {"permissions": granted}
        body["guild_id"] = str(guild.id)
        body["guild"] = {"id": str(guild.id), "locale": guild.locale, "features": []}
        body["guild_locale"] = guild.locale
    if interaction.source is not None:
        body["message"] = message_json(interaction.source, interaction.application, reads_content=True)
    return body


def _app_permissions(interaction: Interaction) -> Permission:
    """Return what the application may do in the place.

    In direct messages and groups that is fixed (reference, "Interaction Structure"); in a server that it is no member
    of, nothing says what it is: here, what the person may do.
    """
    channel, application = interaction.channel, interaction.application
    context = context_of(channel, application)
    if context is not Context.GUILD:
        fixed = Permission.ATTACH_FILES | Permission.EMBED_LINKS | Permission.MENTION_EVERYONE
        return fixed | (Permission.USE_EXTERNAL_EMOJIS if context is Context.BOT_DM else NOTHING)
    return channel.permissions_of(interaction.user if interaction.as_guest else application.bot)


def callback_json(interaction: Interaction) -> Json:
    """Return the documented body of a callback that was asked `with_response`."""
    message = interaction.message
    told: Json = {
        "id": str(interaction.id),
        "type": int(interaction.type),
        "channel_id": str(interaction.channel.id),
    }
    if interaction.channel.guild is not None:
        told["guild_id"] = str(interaction.channel.guild.id)
    if message is not None:
        told["response_message_id"] = str(message.id)
        told["response_message_loading"] = message.thinking
        told["response_message_ephemeral"] = message.ephemeral
    body: Json = {"interaction": told}
    if message is not None and interaction.response.callback in (Callback.MESSAGE, Callback.UPDATE):
        shown = message_json(message, interaction.application, reads_content=True)
        body["resource"] = {"type": int(interaction.response.callback), "message": shown}
    return body


def command_json(command: Command) -> Json:
    """Return a registered command."""
    extra = {"guild_id": str(command.guild_id)} if command.guild_id is not None else {}
    ids = {"id": str(command.id), "application_id": str(command.application.id), "version": str(command.version)}
    return ids | command.body | extra


def resolve(*things: User | Role | Channel | Message | Attachment, interaction: Interaction) -> Json:
    """Return the `resolved` objects of an interaction: everything that its data names by id."""
    found: Json = {}
    guild = interaction.channel.guild
    for thing in things:
        key = str(thing.id)
        if isinstance(thing, User):
            found.setdefault("users", {})[key] = user_json(thing)
            member = guild.members.get(thing.id) if guild is not None else None
            if member is not None:
                granted = {"permissions": permissions_json(interaction.channel.permissions_of(thing))}
                partial = member_json(member, with_user=False)
                del partial["mute"], partial["deaf"]
                found.setdefault("members", {})[key] = partial | granted
        elif isinstance(thing, Role):
            found.setdefault("roles", {})[key] = role_json(thing)
        elif isinstance(thing, Channel):
            bot = interaction.application.bot
            shown = interaction_channel_json(thing, interaction.user, bot)
            if guild is not None and bot.id in guild.members:
                shown["app_permissions"] = permissions_json(thing.permissions_of(bot))
            found.setdefault("channels", {})[key] = shown
        elif isinstance(thing, Message):
            found.setdefault("messages", {})[key] = message_json(thing, interaction.application, reads_content=True)
        else:
            found.setdefault("attachments", {})[key] = attachment_json(thing) | {"ephemeral": True}
    return found
