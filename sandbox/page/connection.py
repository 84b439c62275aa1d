"""A browser's WebSocket: requests, each answered once, and every change that the visitor may see."""

import asyncio
import contextlib
import json

from aiohttp import WSMsgType, web

from sandbox.discord import NotPossible
from sandbox.discord.errors import Json
from sandbox.page.actions import find_action
from sandbox.page.context import PageContext
from sandbox.page.requests import InvalidRequest, Request
from sandbox.page.session import Session

MAX_REQUEST_BYTES = 16 * 1024 * 1024
"""Bytes; a message may bring files along."""

MAX_AT_ONCE = 32
"""How many of a tab's requests are carried out at once; the others are not read until one of these has ended."""

LOOKS_PER_SECOND = 4
"""How often the side panel is brought up to date while it is open."""


class Connection:
    """Serves one browser tab."""

    def __init__(self, socket: web.WebSocketResponse, context: PageContext) -> None:
        self._session = Session(context)
        self._changes = context.env.discord.subscribe
        self._socket = socket
        self._free = asyncio.Semaphore(MAX_AT_ONCE)

    async def serve(self) -> None:
        """Answer requests and send changes until the browser leaves."""
        async with asyncio.TaskGroup() as tasks:
            jobs = [tasks.create_task(job()) for job in (self._send_changes, self._send_debug_panel)]
            async for incoming in self._socket:
                if incoming.type is WSMsgType.TEXT:
                    await self._free.acquire()
                    tasks.create_task(self._serve(incoming.data))
            for job in jobs:
                job.cancel()

    async def _serve(self, text: str) -> None:
        """Do what is asked, and answer with its result or with one sentence about why not."""
        number: object = None
        try:
            request = Request.read(text, self._session.person)
            number = request.number
            await self._send({"re": number, "result": await find_action(request)(self._session, request)})
        except (NotPossible, InvalidRequest) as refusal:
            sentence = str(refusal)
            await self._send({"re": number, "refused": f"{sentence[:1].upper()}{sentence[1:]}."})
        finally:
            self._free.release()

    async def _send_changes(self) -> None:
        async with self._changes() as changes:
            async for change in changes:
                event = self._session.view(change)
                if event is not None:
                    await self._send(event)

    async def _send_debug_panel(self) -> None:
        while True:
            await self._session.watching.wait()
            await self._send({"event": "debug-panel", **self._session.debug_panel.look()})
            await asyncio.sleep(1 / LOOKS_PER_SECOND)

    async def _send(self, message: Json) -> None:
        with contextlib.suppress(ConnectionError):  # the browser has left; the reader notices too
            await self._socket.send_str(json.dumps(message))
