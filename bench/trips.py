"""`python -m bench.trips`: a client that does nothing but create and edit messages, and prints how long each took."""

import asyncio
import json
import os
import sys
import time

import aiohttp


async def main() -> None:
    """Create and edit in turn; prints the round trips in seconds as JSON."""
    address = f"{os.environ['DISCORD_API_URL']}/channels/{os.environ['BENCH_CHANNEL']}/messages"
    taken: dict[str, list[float]] = {"post": [], "patch": []}
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {os.environ['DISCORD_TOKEN']}"}) as session:
        for number in range(int(os.environ["BENCH_ROUNDS"]) + 1):
            start = time.perf_counter()
            async with session.post(address, json={"content": f"create {number}"}) as response:
                message = (await response.json())["id"]
            between = time.perf_counter()
            async with session.patch(f"{address}/{message}", json={"content": f"edit {number}"}) as response:
                await response.read()
            if number:  # the first one opens the connection
                taken["post"].append(between - start)
                taken["patch"].append(time.perf_counter() - between)
    sys.stdout.write(json.dumps(taken) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
