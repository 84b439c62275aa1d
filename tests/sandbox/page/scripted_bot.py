"""A bot on strings: it registers commands, and answers each interaction as a table says, without a library."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from sandbox.discord import Application, Discord, Interaction
from tests.sandbox.discord.clients import Rest

Answer = tuple[int, Mapping[str, Any]]
Answers = Mapping[str, Callable[[Interaction], Answer | None]]
"""What to answer, by a command's name or a custom id: the callback's kind and data, or nothing."""


@asynccontextmanager
async def run_scripted_bot(
    discord: Discord, app: Application, commands: Sequence[Mapping[str, Any]], strings: Answers
) -> AsyncIterator[Rest]:
    """Let the application answer as long as the block lasts; yields its way to the REST API."""
    async with aiohttp.ClientSession() as session:
        rest = Rest(discord, app, session)
        await rest("PUT", f"/applications/{app.id}/commands", commands)
        ready = asyncio.Event()

        async def serve() -> None:
            async with discord.subscribe() as changes:
                ready.set()
                async for change in changes:
                    interaction = change.subject
                    if change.kind != "interaction.create" or not isinstance(interaction, Interaction):
                        continue
                    if interaction.application is app:
                        name = interaction.data.get("custom_id") or interaction.data["name"]
                        answer = strings[name](interaction)
                        if answer is not None:
                            await rest.answer(interaction, answer[0], **answer[1])

        serving = asyncio.create_task(serve())
        await ready.wait()
        try:
            yield rest
        finally:
            serving.cancel()
            await asyncio.wait({serving})
            if not serving.cancelled():
                serving.result()
