"""What the page is shown: messages, places and people as JSON, each as one person sees it."""

from urllib.parse import quote

from sandbox.discord import (
    Attachment,
    Channel,
    ChannelType,
    Discord,
    Guild,
    Interaction,
    Message,
    Permission,
    Person,
    User,
)
from sandbox.discord.errors import Json
from sandbox.discord.model.channels import THREADS, WITH_THREADS
from sandbox.discord.model.interactions import InteractionType
from sandbox.discord.model.messages import MessageType
from sandbox.discord.people import threads
from sandbox.page.personas import OwnChatbot, Personas

SHOWN_KINDS = WITH_THREADS | THREADS | {ChannelType.VOICE, ChannelType.FORUM}


def view_everything(person: Person, personas: Personas, discord: Discord) -> Json:
    """Return all places and people that the person knows of, and whom the visitor may be."""
    state = discord.state
    guilds = [guild for guild in state.guilds.values() if person.id in guild.members]
    bots = [app.bot for app in state.applications.values() if state.share_a_guild(person, app.bot)]
    return {
        "me": str(person.id),
        "roles": [
            {"id": str(role.person.id), "name": name_of(role.person), "note": role.note} for role in personas.all
        ],
        "users": {str(user.id): {"name": name_of(user), "bot": user.is_bot} for user in _known_to(person)},
        "servers": [str(key) for key in state.guilds],
        "guilds": [_view_guild(guild, person) for guild in guilds],
        "dms": [_view_channel(person.dm(bot), person) | {"name": name_of(bot), "user": str(bot.id)} for bot in bots],
        "greeting": personas.greeting,
        "own_chatbot": _view_own_chatbot(personas.own_chatbot),
        "suggestions": [
            {"title": each.title, "about": each.about, "actions": each.actions, "panel": each.opens_panel}
            for each in personas.suggestions
        ],
    }


def _view_own_chatbot(chatbot: OwnChatbot | None) -> Json | None:
    if chatbot is None:
        return None
    return {"provider": chatbot.provider, "name": chatbot.name, "values": dict(chatbot.values)}


def _known_to(person: Person) -> list[User]:
    """Return the accounts that the person can have met: themselves, and all who share a server with them."""
    state = person.state
    return [user for user in state.users.values() if user is person or state.share_a_guild(person, user)]


def view_message(message: Message, person: Person) -> Json:
    """Return a message as the person sees it now."""
    guild, is_note = message.channel.guild, message.type is MessageType.THREAD_CREATED
    return {
        "id": str(message.id),
        "channel": str(message.channel.id),
        "author": {"id": str(message.author.id), "name": name_of(message.author, guild), "bot": message.author.is_bot},
        "content": f"started a thread: {message.content}" if is_note else message.content,
        "embeds": list(message.embeds),
        "components": list(message.components),
        "files": [_view_file(file) for file in message.attachments],
        "time": message.timestamp,
        "edited": message.edited_timestamp is not None and message.interaction is None,
        "frames": len(message.frames),
        "ephemeral": message.ephemeral,
        "thinking": message.thinking,
        "mentions_me": person in message.pinged,
        "system": is_note,
        "thread": _view_thread_at(message),
        "may_start_thread": threads.may_start(message.channel, person, message),
        "reply": _view_reply(message, person),
        "command": _view_command(message),
        "mine": message.author is person,
        "may_delete": message.author is person
        or (Permission.MANAGE_MESSAGES in message.channel.permissions_of(person) and not message.ephemeral),
    }


def view_interaction(interaction: Interaction) -> Json:
    """Return what came of something that the person did: whether the app answered, and the form that it opened."""
    return {
        "id": str(interaction.id),
        "app": name_of(interaction.application.bot, interaction.channel.guild),
        "answered": interaction.answered,
        "modal": interaction.modal,
    }


def name_of(user: User, guild: Guild | None = None) -> str:
    """Return the name that others read: the nickname there, or else the account's own."""
    member = guild.members.get(user.id) if guild is not None else None
    if member is not None and member.nick:
        return member.nick
    return user.name if user.is_bot else user.display_name or user.name.capitalize()


def command_name(interaction: Interaction) -> str:
    """Return the whole name of the command that was used, such as `/settings provider`."""
    steps = [str(interaction.data["name"])]
    options = interaction.data.get("options") or []
    while options and options[0]["type"] in (1, 2):
        steps.append(str(options[0]["name"]))
        options = options[0].get("options") or []
    slash = interaction.data["type"] == 1
    return ("/" if slash else "") + " ".join(steps)


def _view_guild(guild: Guild, person: Person) -> Json:
    seen = [channel for channel in guild.channels.values() if channel.readable_by(person)]
    return {
        "id": str(guild.id),
        "name": guild.name,
        "channels": [_view_channel(channel, person) for channel in seen if channel.type in SHOWN_KINDS],
        "members": [
            {"id": str(member.user.id), "name": name_of(member.user, guild), "bot": member.user.is_bot}
            for member in guild.members.values()
        ],
        "roles": [
            {"id": str(role.id), "name": role.name} for role in guild.roles.values() if role is not guild.everyone
        ],
    }


def _view_channel(channel: Channel, person: Person) -> Json:
    return {
        "id": str(channel.id),
        "name": channel.name,
        "type": int(channel.type),
        "topic": channel.topic or "",
        "parent": str(channel.parent.id) if channel.parent is not None else None,
        "may_write": threads.may_write(channel, person),
        "forum": {"may_post": threads.may_post(channel, person)} if channel.type is ChannelType.FORUM else None,
        "thread": _view_thread(channel, person),
    }


def _view_thread(channel: Channel, person: Person) -> Json | None:
    """Return what only threads have: where each began, and who may close or reopen it."""
    if channel.thread is None:
        return None
    at_message = channel.parent is not None and channel.id in channel.parent.messages
    return {
        "archived": channel.thread.archived,
        "locked": channel.thread.locked,
        "start": str(channel.id) if at_message else None,
        "may_close": threads.may_close(channel, person),
        "may_reopen": threads.may_reopen(channel, person),
    }


def _view_thread_at(message: Message) -> str | None:
    """Return the id of the thread that began at the message, or of which a system message tells."""
    if message.thread is not None:
        return str(message.thread.id)
    told = message.reference if message.type is MessageType.THREAD_CREATED else None
    return str(told.channel_id) if told is not None else None


def view_posts(forum: Channel, person: Person) -> list[Json]:
    """Return a forum's posts, those with the newest message first; closed ones come last, as in Discord's client."""
    threads = [each for each in forum.state.channels.values() if each.parent is forum and each.thread is not None]
    posts = sorted(threads, key=lambda each: each.last_message_id or each.id, reverse=True)
    return [_view_post(each) for each in sorted(posts, key=_is_archived) if each.readable_by(person)]


def _is_archived(channel: Channel) -> bool:
    return channel.thread is not None and channel.thread.archived


def _view_post(post: Channel) -> Json:
    assert post.thread is not None
    first = post.messages.get(post.id)
    return {
        "id": str(post.id),
        "title": post.name,
        "author": name_of(post.thread.owner, post.guild),
        "content": first.content if first is not None else "",
        "files": bool(first.attachments) if first is not None else False,
        "messages": post.thread.message_count,
        "archived": post.thread.archived,
    }


def _view_file(file: Attachment) -> Json:
    return {
        "name": file.filename,
        "url": f"files/{file.id}/{quote(file.filename)}",
        "type": file.content_type,
        "size": len(file.data),
        "description": file.description or "",
    }


def _view_reply(message: Message, person: Person) -> Json | None:
    if message.type is not MessageType.REPLY:
        return None
    answered = message.replied_to
    if answered is None or not answered.visible_to(person):
        return {"id": None, "author": "", "content": "", "files": False}
    return {
        "id": str(answered.id),
        "author": name_of(answered.author, answered.channel.guild),
        "content": answered.content,
        "files": bool(answered.attachments),
    }


def _view_command(message: Message) -> Json | None:
    """Return which command the message answers and who used it, or None if it answers none."""
    interaction = message.interaction
    if interaction is None or interaction.type is not InteractionType.COMMAND or message is not interaction.message:
        return None
    return {"user": name_of(interaction.user, message.channel.guild), "name": command_name(interaction)}
