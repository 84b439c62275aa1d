"""discord.py's connection to the gateway, with what it lacks: it ends when a step fails, and survives broken events."""

import asyncio
import json
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any

import discord
from discord.gateway import DiscordWebSocket, ReconnectWebSocket

from bot.discord.gateway.broken_events import Event, repair_guild, repair_ready

_CLOSE_SECONDS = 0.5
"""What Discord's half of the good-bye may take; discord.py would wait 30 s for a server that has gone silent."""

_DISPATCH = 0
"""The op code of events (documentation, "Gateway Opcodes")."""


class Disconnected(Exception):
    """The connection ended in a way that allows another one."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"close code {code}")


class UnreadableEvent(Exception):
    """An event, or a part of one, that discord.py cannot parse; it counts as received. Its cause is the error."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind
        """The event's name, if that is one that discord.py knows."""


class Socket(DiscordWebSocket):
    """discord.py's connection, which ends whenever one of its steps fails.

    discord.py leaves it open, and its heart beating, after a dial that takes too long or an event that it cannot parse.
    Here the next event can be waited for after `UnreadableEvent`.
    """

    def __init__(self, socket: Any, *, loop: asyncio.AbstractEventLoop) -> None:  # noqa: ANN401 - aiohttp's
        super().__init__(socket, loop=loop)
        close = socket.close
        # The code that was asked for first counts: discord.py's reader may come in between with its own.
        socket.close = lambda code=4000, message=b"": self._say_goodbye(
            close(code=self._close_code or code, message=message)
        )
        self.established = False
        """Whether Discord has begun the session or gone on with it, and discord.py made sense of that."""
        self.ignores_events = False
        """Whether what Discord sends is to be ignored, since the shard is being left."""
        self._latest = ""
        self.wait_for("READY", self._begin)
        self.wait_for("RESUMED", self._go_on)

    async def poll_event(self) -> None:
        """Wait for one event and deal with it; raises `UnreadableEvent`, or whatever ends the connection."""
        await self._close_on_failure(super().poll_event())

    async def identify(self) -> None:
        """Ask for a new session."""
        await self._close_on_failure(super().identify())

    async def resume(self) -> None:
        """Ask for an old session to go on."""
        await self._close_on_failure(super().resume())

    async def close(self, code: int = 4000) -> None:
        """Close the connection, as far as that is possible."""
        with suppress(Exception):  # discord.py's heartbeat thread would log it
            await super().close(code)

    def log_receive(self, data: Any, /) -> None:  # noqa: ANN401 - discord.py's
        """Keep the text that discord.py is about to parse."""
        self._latest = data

    async def received_message(self, msg: Any, /) -> None:  # noqa: ANN401 - discord.py's
        """Deal with a message as discord.py does; raises `UnreadableEvent` if it is an event and that fails."""
        if self.ignores_events:
            return
        sequence = self.sequence
        self._latest = ""
        try:
            await super().received_message(msg)
        except (ReconnectWebSocket, discord.ConnectionClosed):
            raise
        except Exception as error:
            frame = json.loads(self._latest) if self._latest else None
            if not isinstance(frame, dict) or frame.get("op") != _DISPATCH:
                raise
            await self._do_without(frame, error)
        finally:
            received: object = self.sequence
            if not isinstance(received, int | None):
                self.sequence = sequence  # a heartbeat or a RESUME with nonsense would end the session

    async def _do_without(self, frame: dict[str, Any], error: Exception) -> None:
        """Read what can be read of an event that failed; raises `UnreadableEvent`, or an error if it began nothing."""
        kind, data = frame.get("t"), frame.get("d")
        name = kind if isinstance(kind, str) and kind in self._discord_parsers else "an event of an unknown kind"
        if kind == "RESUMED":
            self.established = True
        elif kind == "READY":
            if not isinstance(data, dict):
                raise error
            shard = (self.shard_id, self.shard_count)
            await super().received_message(_again(frame, repair_ready(data, shard, self.gateway)))
            name = "parts of READY"
        elif kind == "GUILD_CREATE" and isinstance(data, dict):
            with suppress(Exception):
                await super().received_message(_again(frame, repair_guild(data, self._connection)))
                name = "parts of GUILD_CREATE"
        raise UnreadableEvent(name) from error

    def _begin(self, data: Event) -> bool:
        """Note that a session has begun, and forget the servers of its shard that READY does not name.

        discord.py's sharded client keeps them, and would not know that the bot was removed from them.
        """
        self.established = True
        named = {int(each["id"]) for each in data["guilds"]}
        for guild in list(self._connection.guilds):
            if guild.shard_id == self.shard_id and guild.id not in named:
                self._connection._remove_guild(guild)  # noqa: SLF001 - nothing public does that
        return True

    def _go_on(self, _: Event) -> bool:
        """Note that a session has gone on."""
        self.established = True
        return True

    async def _say_goodbye(self, closing: Awaitable[bool]) -> bool:
        """Wait until a connection is closed, but not for long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                return await closing
        return True

    async def _close_on_failure(self, step: Awaitable[None]) -> None:
        try:
            await step
        except BaseException as error:
            if isinstance(error, UnreadableEvent) and self._keep_alive is not None:
                raise  # after HELLO, nobody needs to wait for it
            if isinstance(error, asyncio.CancelledError) and self.established:
                raise  # the bot is about to be closed, which ends the session for good
            await self.close()
            if isinstance(error, ReconnectWebSocket):
                raise Disconnected(self.socket.close_code) from None
            raise


def _again(frame: dict[str, Any], data: Event) -> str:
    """Return an event's text with other data, so that discord.py reads it once more."""
    return json.dumps({"s": None} | frame | {"d": data})
