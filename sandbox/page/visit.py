"""One visit: a browser's WebSocket, who the visitor is, and what that person is told as it happens."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING

from aiohttp import WSMsgType

from sandbox.discord import Channel, Message, NotPossible, User
from sandbox.page.actions import find_deed
from sandbox.page.debug_panel import Backstage
from sandbox.page.requests import Misunderstood, Request
from sandbox.page.views import name_of, view_everything, view_message

if TYPE_CHECKING:
    from aiohttp import web

    from sandbox.discord import Change
    from sandbox.discord.errors import Json
    from sandbox.page.context import House

LARGEST_REQUEST = 16 * 1024 * 1024
"""Bytes; a message may bring files along."""

LOOKS_PER_SECOND = 4
"""How often the side panel is brought up to date while it is open."""

_PLACES = ("guild.", "member.", "role.", "channel.", "thread.")


class Visit:
    """Takes the visitor's requests, each answered once, and sends each change that the person may see."""

    def __init__(self, socket: web.WebSocketResponse, house: House) -> None:
        self.house = house
        self.person = house.cast.roles[0].person
        self.backstage = Backstage(house)
        self.watching = asyncio.Event()
        """Set while the side panel is open."""
        self._socket = socket

    async def last(self) -> None:
        """Serve the visit until the browser leaves."""
        async with asyncio.TaskGroup() as tasks:
            jobs = [tasks.create_task(job()) for job in (self._tell_changes, self._tell_backstage)]
            async for incoming in self._socket:
                if incoming.type is WSMsgType.TEXT:
                    tasks.create_task(self._serve(incoming.data))
            for job in jobs:
                job.cancel()

    def everything(self) -> Json:
        """Return all that the person knows of."""
        return view_everything(self.person, self.house.cast, self.house.stage.discord) | {
            "bot": self.house.keeper.view()
        }

    async def _serve(self, text: str) -> None:
        """Do what is asked, and answer with its result or with one sentence about why not."""
        number: object = None
        try:
            request = Request.read(text, self.person)
            number = request.number
            await self._send({"re": number, "result": await find_deed(request)(self, request)})
        except (NotPossible, Misunderstood) as refusal:
            sentence = str(refusal)
            await self._send({"re": number, "refused": f"{sentence[:1].upper()}{sentence[1:]}."})

    async def _tell_changes(self) -> None:
        async with self.house.stage.discord.subscribe() as changes:
            async for change in changes:
                event = self._view(change)
                if event is not None:
                    await self._send(event)

    def _view(self, change: Change) -> Json | None:
        """Return what the person is told of a change, None where it is none of theirs."""
        match change.kind, change.subject:
            case (("message.create" | "message.edit"), Message() as message) if message.visible_to(self.person):
                return {"event": "message", "message": view_message(message, self.person)}
            case "message.delete", Message() as message if message.channel.readable_by(self.person):
                return {"event": "gone", "channel": str(message.channel.id), "id": str(message.id)}
            case "typing.start", (Channel() as channel, User() as user) if channel.readable_by(self.person):
                name = name_of(user, channel.guild)
                return {"event": "typing", "channel": str(channel.id), "user": str(user.id), "name": name}
            case (("bot.state" | "gateway.ready" | "gateway.resumed" | "gateway.closed"), _):
                return {"event": "bot", "bot": self.house.keeper.view()}
            case kind, _ if kind.startswith(_PLACES):
                return {"event": "everything", "everything": self.everything()}
            case _:
                return None

    async def _tell_backstage(self) -> None:
        while True:
            await self.watching.wait()
            await self._send({"event": "backstage", **self.backstage.look()})
            await asyncio.sleep(1 / LOOKS_PER_SECOND)

    async def _send(self, message: Json) -> None:
        with contextlib.suppress(ConnectionError):  # the browser has left; the reader notices too
            await self._socket.send_str(json.dumps(message))
