"""The buttons under answers: a press asks the button's question, also after a restart, while the answer is kept."""

import asyncio
from re import Match
from typing import Any, Self, cast

import discord

from bot.answering.stored_buttons import find_button
from bot.discord.bot import BotBase, try_to_respond
from bot.discord.buttons.components import BUTTON_ID
from bot.domain.errors import DatabaseUnavailable
from bot.strings.errors import explain

_LOOK_UP_WITHIN = 1.5
"""Seconds for the database, within which a press can still be answered; Discord gives up after 3."""


class ReplyButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"{BUTTON_ID}(?P<token>[\w:-]+)"):
    """Any button that an answer offered, recognised by its id alone."""

    def __init__(self, item: discord.ui.Button[Any], token: str) -> None:
        super().__init__(item)
        self._token = token

    def __repr__(self) -> str:
        """Return nothing of the button's label: discord.py logs this, and the label is the provider's text."""
        return f"<{type(self).__name__}>"

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: Match[str], /
    ) -> Self:
        """Return the item for a press on the button with this id."""
        return cls(cast("discord.ui.Button[Any]", item), match["token"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Ask what the button stands for, in the name of whoever pressed it."""
        host = cast("BotBase", interaction.client)
        shown_in = interaction.message.id if interaction.message is not None else 0
        try:
            async with asyncio.timeout(_LOOK_UP_WITHIN):
                found = await find_button(host.services.answer_store, self._token, shown_in)
        except (DatabaseUnavailable, TimeoutError):
            await try_to_respond(interaction, explain(DatabaseUnavailable()))
            return
        if found is None:
            await try_to_respond(interaction, "I do not know this button any more. Please write your question instead.")
            return
        jumps = found.button.action == "jump"
        await host.answer_interaction(
            interaction,
            found.button.title if jumps else found.button.value,
            provider=found.provider,
            jump=found.button.value if jumps else None,
        )
