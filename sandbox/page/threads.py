"""The page's requests about threads and forums: opening, closing and reopening a thread, writing and listing posts."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from sandbox.discord.errors import Json
from sandbox.page.requests import Request
from sandbox.page.session import Session
from sandbox.page.views import view_posts


async def start_thread(session: Session, request: Request) -> Json:
    """Open a thread at a message."""
    thread = await session.person.start_thread(request.channel(), request.text("name"), message=request.message())
    return session.opened(thread)


async def close_thread(session: Session, request: Request) -> None:
    """Archive a thread."""
    await session.person.close_thread(request.channel())


async def reopen_thread(session: Session, request: Request) -> None:
    """Take a thread out of the archive."""
    await session.person.reopen_thread(request.channel())


async def posts(session: Session, request: Request) -> Json:
    """Return a forum's posts."""
    return {"posts": view_posts(request.channel(), session.person)}


async def write_post(session: Session, request: Request) -> Json:
    """Write a new post in a forum."""
    thread, _ = await session.person.post(request.channel(), request.text("title"), request.text("text"))
    return session.opened(thread)


THREAD_ACTIONS: Mapping[str, Callable[[Session, Request], Awaitable[Json | None]]] = MappingProxyType(
    {
        "start-thread": start_thread,
        "close-thread": close_thread,
        "reopen-thread": reopen_thread,
        "posts": posts,
        "write-post": write_post,
    }
)
"""By name, as `sandbox.page.actions` has its own."""
