"""What Discord's client lets a person do with threads and forums; anything else raises NotPossible."""

from sandbox.discord.model.channels import WITH_THREADS, WITHOUT_MESSAGES, Channel, ChannelType
from sandbox.discord.model.messages import SYSTEM, Message
from sandbox.discord.model.permissions import Permission
from sandbox.discord.model.users import User
from sandbox.discord.operations.closed_threads import close, is_locked_for, lock, reopen
from sandbox.discord.operations.messaging import Draft, may_send
from sandbox.discord.operations.threads import open_post, open_thread
from sandbox.discord.people.errors import NotPossible

MAX_MESSAGE = 2000
MAX_NAME = 100
"""Characters of a thread's name and of a post's title (reference, "Start Thread from Message")."""


def may_write(channel: Channel, person: User) -> bool:
    """Whether messages can be written here: in a forum only posts can, and a locked thread is for moderators."""
    return channel.type not in WITHOUT_MESSAGES and not is_locked_for(channel, person) and may_send(channel, person)


def may_start(channel: Channel, person: User, message: Message | None = None, *, private: bool = False) -> bool:
    """Whether the person may open a thread in a channel, or at a message that can have one and has none."""
    needed = Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS
    possible = channel.type is ChannelType.TEXT or (channel.type in WITH_THREADS and not private)
    plain = message is None or not (message.type in SYSTEM or message.ephemeral or message.thread is not None)
    return possible and plain and needed in channel.permissions_of(person)


def may_post(forum: Channel, person: User) -> bool:
    """Whether the person may write a post in a forum."""
    return forum.type is ChannelType.FORUM and Permission.SEND_MESSAGES in forum.permissions_of(person)


def may_close(thread: Channel, person: User, *, locked: bool = False) -> bool:
    """Whether the person may archive a thread: its owner, and those who manage threads, who alone can lock it too."""
    if thread.thread is None:
        return False
    return Permission.MANAGE_THREADS in thread.permissions_of(person) or (thread.thread.owner is person and not locked)


def may_reopen(thread: Channel, person: User) -> bool:
    """Whether the person may take a thread out of the archive, as all may who could write in it."""
    return thread.thread is not None and thread.thread.archived and may_write(thread, person)


def start_thread(
    channel: Channel, person: User, name: str, *, message: Message | None = None, private: bool = False
) -> Channel:
    """Open a thread in a channel, at a message or on its own."""
    if not may_start(channel, person, message, private=private):
        raise NotPossible(f"{person.name} may not open a thread there")
    return open_thread(channel, person, _checked_name(channel, person, name), start=message, private=private)


def close_thread(thread: Channel, person: User, *, locked: bool = False) -> None:
    """Archive a thread."""
    if not may_close(thread, person, locked=locked):
        raise NotPossible(f"{person.name} may not close {thread.name}")
    close(thread, locked=locked)


def lock_thread(thread: Channel, person: User) -> None:
    """Lock a thread that stays open to read."""
    if not may_close(thread, person, locked=True):
        raise NotPossible(f"{person.name} may not lock {thread.name}")
    lock(thread)


def reopen_thread(thread: Channel, person: User) -> None:
    """Take a thread out of the archive."""
    if not may_reopen(thread, person):
        raise NotPossible(f"{person.name} may not reopen {thread.name}")
    reopen(thread)


def write_post(forum: Channel, person: User, title: str, text: str) -> tuple[Channel, Message]:
    """Open a post in a forum: its thread and first message."""
    if not may_post(forum, person):
        raise NotPossible(f"{person.name} may not post in {forum.name}")
    draft = Draft(text.strip())
    if draft.empty or len(draft.content) > MAX_MESSAGE:
        raise NotPossible(f"a post of {len(draft.content)} characters")
    if forum.guild is not None and forum.guild.blocks(person, draft.content):
        raise NotPossible("AutoMod blocks this message")
    return open_post(forum, person, _checked_name(forum, person, title), draft)


def _checked_name(channel: Channel, person: User, name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= MAX_NAME:
        raise NotPossible(f"a name of {len(name)} characters")
    if channel.guild is not None and channel.guild.blocks(person, name):
        raise NotPossible("AutoMod blocks this name")
    return name
