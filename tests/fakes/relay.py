"""A relay between the bot and its database server: it counts round trips, and can hold everything up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass


class Relay:
    """A loopback relay between the store and a server, whose flow can be stopped without closing anything.

    New connections go to `target`, which can be changed, as a name can lead to another server. `round_trips` counts how
    often a client sent something after it had read the answer to what was before.
    """

    def __init__(self, target: int) -> None:
        self.port = self.round_trips = 0
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.target = target
        self._writers: list[asyncio.StreamWriter] = []
        self._silenced: list[asyncio.Event] = []

    @classmethod
    @asynccontextmanager
    async def to(cls, target: int) -> AsyncIterator["Relay"]:
        """Yield a relay to a loopback port, and close what went through it at the end."""
        relay = cls(target)
        server = await asyncio.start_server(relay._serve, "127.0.0.1", 0)
        relay.port = server.sockets[0].getsockname()[1]
        try:
            yield relay
        finally:
            server.close()
            for flowing in (relay.flowing, *relay._silenced):
                flowing.set()
            for writer in relay._writers:
                writer.close()
            with suppress(OSError):
                await asyncio.gather(*(writer.wait_closed() for writer in relay._writers))
            await server.wait_closed()

    def silence(self) -> None:
        """Swallow everything on the connections that there are, as if their server's host was gone."""
        self.flowing.clear()
        self._silenced.append(self.flowing)
        self.flowing = asyncio.Event()
        self.flowing.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        self._writers += [writer, far_writer]
        turn = _Turn(self.flowing)
        await asyncio.gather(
            self._pump(reader, far_writer, turn, of_client=True), self._pump(far_reader, writer, turn, of_client=False)
        )

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, turn: "_Turn", *, of_client: bool
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                await turn.flowing.wait()
                self.round_trips += of_client and not turn.of_client
                turn.of_client = of_client
                writer.write(data)
                await writer.drain()
        writer.close()


@dataclass
class _Turn:
    """Who sent something last on a connection, and what stops it."""

    flowing: asyncio.Event
    of_client: bool = False
