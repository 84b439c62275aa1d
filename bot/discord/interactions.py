"""Answers interactions privately and in time, and explains every failure of a command, button or form in one place."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import wraps
from typing import Any, TypeVar, cast

import discord
from discord import app_commands

from bot.discord.allowed_mentions import SILENT
from bot.discord.errors import ALREADY_ACKNOWLEDGED, DISCORD_FAILURES, UNREADABLE, MessageLimited
from bot.domain.errors import AnswerError, DatabaseUnavailable, InternalError
from bot.domain.runtime.correlation import correlated
from bot.domain.runtime.timing import DEFER_AFTER
from bot.streaming.canvas import CanvasError
from bot.strings.commands import not_shown, unknown_command, unusable_option
from bot.strings.errors import explain

T = TypeVar("T")
MAX_OPTION_CHARS = 6000
"""Characters: the longest text that Discord takes for a command's option (documentation, "Application Commands")."""

_TAKEN = "taken"
"""Marks an interaction whose first response Discord took, though discord.py could not read that."""

ItemT = TypeVar("ItemT")

_log = logging.getLogger(__name__)


class Refused(app_commands.AppCommandError):
    """The caller may not do that, or it cannot be done; `sentence` tells them why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class CommandTree(app_commands.CommandTree[Any]):
    """The bot's commands. If one fails, its caller is told why; so is somebody whom the host refuses them all."""

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Return whether the host lets the caller use commands; raises `Refused` if not, so that they are told."""
        sentence = self.client.admission.refusal(interaction)
        if sentence is None:
            return True
        if interaction.type is not discord.InteractionType.autocomplete:
            raise Refused(sentence)
        await acknowledge(interaction, interaction.response.autocomplete([]))
        return False

    async def _call(self, interaction: discord.Interaction[Any]) -> None:
        with correlated(interaction.id):
            try:
                await super()._call(interaction)
            except app_commands.AppCommandError:
                raise
            except Exception:  # noqa: BLE001 - Discord sent what is no command; discord.py would leave that to asyncio
                await self.client.on_error("on_interaction")

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        """Explain the failure to the caller."""
        with correlated(interaction.id):
            await explain_failure(interaction, error)


def explained(
    callback: Callable[[ItemT, discord.Interaction[Any]], Awaitable[None]],
) -> Callable[[ItemT, discord.Interaction[Any]], Coroutine[Any, Any, None]]:
    """Explain the failures of a button's callback; discord.py has no error handler for buttons found by their ids."""

    @wraps(callback)
    async def run(item: ItemT, interaction: discord.Interaction[Any]) -> None:
        with correlated(interaction.id):
            try:
                await callback(item, interaction)
            except Exception as error:  # noqa: BLE001 - all are explained, and logged if they are the bot's fault
                await explain_failure(interaction, error)

    return run


def pressed(interaction: discord.Interaction[Any], template: re.Pattern[str]) -> re.Match[str] | None:
    """Return what the custom id of a pressed button says, None if no button of this kind was pressed."""
    if interaction.type is not discord.InteractionType.component:
        return None
    return template.fullmatch(_custom_id(interaction))


def is_stray(interaction: discord.Interaction[Any], *known: re.Pattern[str]) -> bool:
    """Return whether a button was pressed or a form sent whose custom id is none of those `known`."""
    by_id = (discord.InteractionType.component, discord.InteractionType.modal_submit)
    return interaction.type in by_id and not any(template.fullmatch(_custom_id(interaction)) for template in known)


def is_private(interaction: discord.Interaction[Any]) -> bool:
    """Return whether nobody but its presser sees the message whose button was pressed."""
    return interaction.message is not None and interaction.message.flags.ephemeral


def pressed_label(interaction: discord.Interaction[Any]) -> str:
    """Return the label of the button that was pressed, empty if it has none."""
    rows = [] if interaction.message is None else interaction.message.components
    buttons = [item for row in rows if isinstance(row, discord.ActionRow) for item in row.children]
    found = (each for each in buttons if isinstance(each, discord.Button) and each.custom_id == _custom_id(interaction))
    return next((each.label or "" for each in found), "")


def submitted_form(interaction: discord.Interaction[Any]) -> str:
    """Return the custom id of the form that was sent, empty if none was."""
    return _custom_id(interaction) if interaction.type is discord.InteractionType.modal_submit else ""


def entered(interaction: discord.Interaction[Any], field: str) -> str:
    """Return what was entered in a form's field, or chosen in its menu.

    The documentation has them under "Modal Submit Data Structure".
    """
    labels = cast("dict[str, Any]", interaction.data or {}).get("components", [])
    fields = [label.get("component", {}) for label in labels]
    found: dict[str, Any] = next((each for each in fields if each.get("custom_id") == field), {})
    return str(found.get("value", next(iter(found.get("values", [])), ""))).strip()


def chosen_values(interaction: discord.Interaction[Any]) -> list[str]:
    """Return what was chosen in a menu (documentation, "Message Component Data Structure"), nothing for a button."""
    values = cast("dict[str, Any]", interaction.data or {}).get("values", [])
    return [str(value) for value in values]


def _custom_id(interaction: discord.Interaction[Any]) -> str:
    return str(cast("dict[str, object]", interaction.data or {}).get("custom_id", ""))


async def explain_failure(interaction: discord.Interaction[Any], error: Exception) -> None:
    """Tell an interaction's caller privately why it failed; nothing is raised if that fails too."""
    if isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    match error:
        case Refused():
            sentence = error.sentence
        case AnswerError():
            sentence = explain(error)
        case app_commands.CommandNotFound() | app_commands.CommandSignatureMismatch():
            sentence = unknown_command()
        case app_commands.TransformerError():
            sentence = unusable_option()
        case CanvasError():
            _log.info("interaction %d: Discord refused: %s", interaction.id, type(error).__name__)
            sentence = not_shown()
        case discord.HTTPException() if error.code == ALREADY_ACKNOWLEDGED:
            _log.info("interaction %d is answered elsewhere", interaction.id)
            return
        case _ if isinstance(error, DISCORD_FAILURES) and not isinstance(error, app_commands.AppCommandError):
            _log.warning("interaction %d: Discord failed: %s", interaction.id, type(error).__name__)
            sentence = not_shown()
        case _:
            _log.error("interaction %d failed", interaction.id, exc_info=error)
            sentence = explain(InternalError())
    try:
        await respond(interaction, sentence)
    except DISCORD_FAILURES as unsaid:
        _log.warning("interaction %d: the caller could not be told: %s", interaction.id, type(unsaid).__name__)


async def respond(
    interaction: discord.Interaction[Any],
    text: str,
    *,
    files: Sequence[discord.File] = (),
    view: discord.ui.View | None = None,
) -> None:
    """Answer an interaction so that only its caller sees it, whether it was acknowledged already or not."""
    extra: dict[str, Any] = {"files": files} if files else {}
    if view is not None:
        extra["view"] = view
    send = interaction.followup.send if _is_acknowledged(interaction) else interaction.response.send_message
    await acknowledge(interaction, send(text, ephemeral=True, allowed_mentions=SILENT, **extra))


async def replace_message(
    interaction: discord.Interaction[Any], text: str, view: discord.ui.View | None = None
) -> None:
    """Replace the private message whose button was pressed; answer privately if Discord takes no edit of it."""
    edit = interaction.edit_original_response if _is_acknowledged(interaction) else interaction.response.edit_message
    try:
        await acknowledge(interaction, edit(content=text, view=view, allowed_mentions=SILENT))
    except MessageLimited:
        await respond(interaction, text, view=view)


async def defer(interaction: discord.Interaction[Any]) -> None:
    """Tell Discord that a private answer is coming."""
    await acknowledge(interaction, interaction.response.defer(ephemeral=True, thinking=True))


async def acknowledge(interaction: discord.Interaction[Any], response: Awaitable[object]) -> None:
    """Wait for a response to an interaction; one that Discord took counts, whatever it answered."""
    try:
        await response
    except UNREADABLE:
        interaction.extras[_TAKEN] = True


def _is_acknowledged(interaction: discord.Interaction[Any]) -> bool:
    return interaction.response.is_done() or _TAKEN in interaction.extras


async def defer_if_slow(interaction: discord.Interaction[Any], work: Coroutine[Any, Any, T]) -> T:
    """Return what `work` returns; if it takes long, defer the response privately first."""
    task = asyncio.create_task(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=DEFER_AFTER)
        if not done and not _is_acknowledged(interaction):
            await defer(interaction)
        return await task
    finally:
        task.cancel()


async def look_up(work: Coroutine[Any, Any, T]) -> T:
    """Return what the database says, if that comes early enough for any kind of response.

    Raises `DatabaseUnavailable`, also if it is late.
    """
    try:
        async with asyncio.timeout(DEFER_AFTER):
            return await work
    except TimeoutError:
        raise DatabaseUnavailable from None
