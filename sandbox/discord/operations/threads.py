"""Threads: from a message, in a channel, or as a post in a forum."""

from sandbox.discord.model.channels import WITH_THREADS, Channel, ChannelType, Thread
from sandbox.discord.model.messages import Message, MessageFlag, MessageType, Reference
from sandbox.discord.model.users import User
from sandbox.discord.operations.messaging import Draft, post


def open_thread(
    parent: Channel, owner: User, name: str, *, start: Message | None = None, private: bool = False
) -> Channel:
    """Open a thread; one that begins at a message has that message's id (reference, "Start Thread from Message")."""
    state = parent.state
    public = (
        ChannelType.PUBLIC_THREAD if parent.type is not ChannelType.ANNOUNCEMENT else ChannelType.ANNOUNCEMENT_THREAD
    )
    thread = Channel(
        start.id if start is not None else state.ids.mint(),
        ChannelType.PRIVATE_THREAD if private else public,
        name,
        state,
        parent.guild,
        parent=parent,
        thread=Thread(owner, state.clock.timestamp(), state.clock.timestamp()),
    )
    join(thread, owner, tell=False)
    if parent.guild is not None:
        parent.guild.channels[thread.id] = thread
    state.channels[thread.id] = thread
    state.events.thread_created(thread)
    if start is not None:
        start.thread = thread
        start.flags |= MessageFlag.HAS_THREAD
        state.events.message_updated(start)
    elif parent.type in WITH_THREADS and not private:
        _note_in_parent(parent, owner, thread)
    return thread


def open_post(forum: Channel, owner: User, name: str, draft: Draft) -> tuple[Channel, Message]:
    """Open a new post in a forum: a thread, and its first message, which has the same id."""
    thread = open_thread(forum, owner, name)
    return thread, post(thread, owner, draft, key=thread.id)


def join(channel: Channel, user: User, *, tell: bool = True) -> None:
    """Add an account to a thread's members."""
    if channel.thread is None:
        raise ValueError(channel)
    if user.id not in channel.thread.member_ids:
        channel.thread.member_ids[user.id] = channel.state.clock.timestamp()
        if tell:
            channel.state.events.thread_joined(channel, user)


def _note_in_parent(parent: Channel, owner: User, thread: Channel) -> None:
    reference = Reference(thread.id, None, parent.guild.id if parent.guild is not None else None)
    post(parent, owner, Draft(content=thread.name), kind=MessageType.THREAD_CREATED, reference=reference)
