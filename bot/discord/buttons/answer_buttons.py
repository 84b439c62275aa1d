"""The controls under answers: what a press does, for whom, and what everybody else is told; also after a restart."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from re import Match
from typing import Any, ClassVar, Self, TypeVar, cast

import discord

from bot.discord.bot import BotBase, interaction_location, respond
from bot.discord.buttons.control_buttons import CONTROL_ID, ask_button
from bot.discord.errors import DISCORD_FAILURES
from bot.domain.answer import Answer
from bot.domain.errors import AnswerError, DatabaseUnavailable, InternalError
from bot.domain.question import Location
from bot.streaming.canvas import CanvasError
from bot.strings.errors import explain

T = TypeVar("T")

_log = logging.getLogger(__name__)

_LOOK_UP_WITHIN = 1.5
"""Seconds for the database, within which a press can still be answered; Discord gives up after 3."""

_NOT_YOURS = "Only who asked the question can do that, or somebody who may manage messages here."
_OVER = "This answer is finished already."
_WHO = "Who should answer this question?"
_WHERE = "I am asking {}. The answer takes the place of the one before, and the arrows below it lead back."
_ALONE = "There is nobody else to ask: only one chat API is set up here."
_NOT_SHOWN = "Discord did not let me show that. Please try again in a minute."


class AnswerButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=CONTROL_ID):
    """Any control of any answer, recognised by its id alone."""

    def __init__(self, item: discord.ui.Button[Any], action: str, answer: str, what: str) -> None:
        super().__init__(item)
        self._action = action
        self._answer = answer
        self._what = what

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: Match[str], /
    ) -> Self:
        """Return the item for a press on the button with this id."""
        button = cast("discord.ui.Button[Any]", item)
        return cls(button, match["action"], match["answer"], match["what"] or "")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button is for, or tell whoever pressed it why not."""
        host = cast("BotBase", interaction.client)
        if not host.once.first_time(interaction.id):
            return
        try:
            await self._ACTIONS[self._action](self, host, interaction)
        except AnswerError as error:
            await _say(interaction, explain(error))
        except CanvasError as error:
            _log.info("interaction %d: Discord refused: %s", interaction.id, type(error).__name__)
            await _say(interaction, _NOT_SHOWN)
        except DISCORD_FAILURES as error:
            _log.warning("interaction %d: Discord failed: %s", interaction.id, type(error).__name__)
        except Exception:  # noqa: BLE001 - whatever it was, whoever pressed is told
            _log.exception("interaction %d: steering failed", interaction.id)
            await _say(interaction, explain(InternalError()))

    async def _stop(self, host: BotBase, interaction: discord.Interaction[Any]) -> None:
        attempt = host.services.answer_actions.running(self._answer)
        if attempt is None:
            await _say(interaction, _OVER)
        elif not _may(interaction, attempt.question.asker, attempt.question.location):
            await _say(interaction, _NOT_YOURS)
        else:
            await interaction.response.defer()
            host.services.answer_actions.stop(attempt)

    async def _retry(self, host: BotBase, interaction: discord.Interaction[Any]) -> None:
        if (answer := await self._find(host, interaction)) is None:
            return
        if interaction_location(interaction).is_user_install:
            await self._ask_below(host, interaction, answer, None)
        else:
            await interaction.response.defer()
            await host.services.answer_actions.retry(answer, None, host.saved_canvas(answer, interaction))

    async def _others(self, host: BotBase, interaction: discord.Interaction[Any]) -> None:
        if (answer := await self._find(host, interaction)) is None:
            return
        shown = answer.run(answer.shown) or (answer.runs[-1] if answer.runs else None)
        view = discord.ui.View(timeout=None)
        for name, provider in host.services.server_settings.providers.items():
            if shown is None or name != shown.provider:
                view.add_item(ask_button(answer.id, name, provider.label))
        view.stop()
        if view.children:
            await interaction.response.send_message(_WHO, view=view, ephemeral=True)
        else:
            await _say(interaction, _ALONE)

    async def _ask_other(self, host: BotBase, interaction: discord.Interaction[Any]) -> None:
        if (answer := await self._find(host, interaction)) is None:
            return
        if interaction_location(interaction).is_user_install:
            await self._ask_below(host, interaction, answer, self._what)
        else:
            provider = host.services.server_settings.providers.get(self._what)
            label = provider.label if provider is not None else self._what
            await interaction.response.edit_message(content=_WHERE.format(label), view=None)
            await host.services.answer_actions.retry(answer, self._what, host.saved_canvas(answer, interaction))

    async def _show(self, host: BotBase, interaction: discord.Interaction[Any]) -> None:
        if (answer := await self._find(host, interaction)) is not None and self._what.isdecimal():
            await interaction.response.defer()
            await host.services.answer_actions.show_version(
                answer, int(self._what), host.saved_canvas(answer, interaction)
            )

    async def _ask_below(
        self, host: BotBase, interaction: discord.Interaction[Any], answer: Answer, provider: str | None
    ) -> None:
        """Give the answer as the response to the press: where the bot is no member, it cannot edit what it wrote."""
        question = await _looked_up(host.services.answer_actions.question(answer, provider))
        await host.answer_below(interaction, question)

    async def _find(self, host: BotBase, interaction: discord.Interaction[Any]) -> Answer | None:
        """Return the answer for somebody who may steer it; anybody else is told so."""
        answer = await _looked_up(host.services.answer_actions.find(self._answer))
        if not _may(interaction, answer.asker, answer.location):
            await _say(interaction, _NOT_YOURS)
            return None
        return answer

    _ACTIONS: ClassVar[dict[str, Callable[..., Awaitable[None]]]] = {
        "stop": _stop,
        "retry": _retry,
        "others": _others,
        "ask": _ask_other,
        "show": _show,
    }


async def _looked_up(work: Coroutine[Any, Any, T]) -> T:
    """Return what the database says, if it does so in time; raises `DatabaseUnavailable`."""
    try:
        async with asyncio.timeout(_LOOK_UP_WITHIN):
            return await work
    except TimeoutError:
        raise DatabaseUnavailable from None


def _may(interaction: discord.Interaction[Any], asker: int, location: Location) -> bool:
    """Tell whether somebody may steer an answer in `location`. Who manages messages here has no say about elsewhere."""
    here = interaction.guild_id is not None and interaction.channel_id == location.channel
    return interaction.user.id == asker or (here and interaction.permissions.manage_messages)


async def _say(interaction: discord.Interaction[Any], sentence: str) -> None:
    try:
        await respond(interaction, sentence)
    except DISCORD_FAILURES as error:
        _log.warning("interaction %d: the caller could not be told: %s", interaction.id, type(error).__name__)
