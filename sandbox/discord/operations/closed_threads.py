"""Archived and locked threads: closing and opening them, and who may still do what there."""

from sandbox.discord.errors import THREAD_ARCHIVED, THREAD_LOCKED, ApiError
from sandbox.discord.model.channels import Channel
from sandbox.discord.model.permissions import Permission
from sandbox.discord.model.users import User


def close(thread: Channel, *, locked: bool = False) -> None:
    """Archive a thread; a `locked` one is opened again by those only who may manage threads."""
    change(thread, archived=True, locked=locked)


def change(thread: Channel, *, archived: bool, locked: bool) -> None:
    """Archive, unarchive, lock or unlock a thread."""
    if thread.thread is None:
        raise ValueError(thread)
    if archived is not thread.thread.archived:
        thread.thread.archived_at = thread.state.clock.timestamp()
    thread.thread.archived, thread.thread.locked = archived, locked
    thread.state.events.thread_updated(thread)


def lock(thread: Channel) -> None:
    """Lock a thread without archiving it: from now on only those who may manage threads write in it."""
    change(thread, archived=False, locked=True)


def reopen(thread: Channel) -> None:
    """Take a thread out of the archive, as a new message does."""
    if thread.thread is not None and thread.thread.archived:
        change(thread, archived=False, locked=thread.thread.locked)


def is_locked_for(channel: Channel, user: User) -> bool:
    """Whether this is a locked thread, and the account may not manage threads."""
    locked = channel.thread is not None and channel.thread.locked
    return locked and Permission.MANAGE_THREADS not in channel.permissions_of(user)


def check_open(channel: Channel, user: User, *, reopens: bool = False) -> None:
    """Raise ApiError 50083 or 160005 if this account can neither send nor edit messages in a closed thread.

    `reopens`: it is a new message, which takes a thread out of the archive unless that is locked (reference, "Locked
    Threads", "Active & Archived Threads").
    """
    archived = channel.thread is not None and channel.thread.archived
    locked = is_locked_for(channel, user)
    if archived and (locked or not reopens):
        raise ApiError(THREAD_ARCHIVED)
    if locked:
        raise ApiError(THREAD_LOCKED)


def check_deletable(channel: Channel, user: User) -> None:
    """Raise ApiError 50083 if the thread is both locked and archived: in others, messages can be deleted."""
    if channel.thread is not None and channel.thread.archived and is_locked_for(channel, user):
        raise ApiError(THREAD_ARCHIVED)
