"""PORT is the same for a process and its successor, on each database: one of them answers there."""

import asyncio
import socket

import aiohttp
import pytest

from tests.postgres import find_free_port
from tests.processes.ledger import UNHURRIED
from tests.processes.play import Play

pytestmark = pytest.mark.timeout(180)


async def becomes_ready(port: int) -> None:
    """Wait until the process that has the port says that it takes questions."""
    async with asyncio.timeout(UNHURRIED), aiohttp.ClientSession() as http:
        while True:
            try:
                async with http.get(f"http://127.0.0.1:{port}/readyz") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                pass  # for a moment it is nobody's
            await asyncio.sleep(0.05)


async def test_it_goes_to_the_successor_while_the_first_finishes(play: Play) -> None:
    port, gate = find_free_port(), asyncio.Event()
    old = await play.fleet.start(PORT=str(port))
    await becomes_ready(port)
    await play.begin(gate)
    new = await play.fleet.start(PORT=str(port))
    await new.printed("PORT is in use; it is taken over", UNHURRIED)
    await old.printed("gave PORT up", UNHURRIED)
    await becomes_ready(port)
    assert old.code is None
    gate.set()
    await play.ends(old)
    await becomes_ready(port)
    await play.check()


async def test_that_of_a_killed_process_is_taken_by_its_successor(play: Play) -> None:
    port = find_free_port()
    old = await play.fleet.start(PORT=str(port))
    new = await play.fleet.launch(PORT=str(port))
    await new.printed("hands them over", UNHURRIED)
    await old.kill()
    await becomes_ready(port)
    assert new.code is None
    await play.check()


async def test_another_programs_ends_a_start_beside_no_process_of_it(play: Play) -> None:
    port = find_free_port()
    await (await play.fleet.start()).stop()
    with socket.create_server(("127.0.0.1", port)):
        process = await play.fleet.launch(PORT=str(port))
        assert await process.ended(UNHURRIED) == 1
    (line,) = process.err
    assert line.startswith(f"PORT: another program uses {port} on 127.0.0.1")
    assert play.watch.readies == {0: 1}
