"""The buttons of a welcome, its form, and the private cards that they lead to; all are found by their custom ids."""

from collections.abc import Collection, Mapping
from typing import Any

import discord

from bot.discord.components import button_view
from bot.strings import welcome as say

QUESTION_FIELD = "question"
"""The custom id of the form's field."""

_MAX_QUESTION = 2000
"""Characters."""

MAX_CHOICES = 25
"""Of a select menu (Discord's documentation, "Component Reference")."""

_CHANNELS = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
    discord.ChannelType.forum,
    discord.ChannelType.media,
]


def welcome_buttons(server: int) -> discord.ui.View:
    """Return the buttons below the welcome of a server."""
    primary, secondary = discord.ButtonStyle.primary, discord.ButtonStyle.secondary
    labels = {"try": say.TRY_IT, "who": say.WHO_ANSWERS, "where": say.WHERE, "check": say.CHECK}
    return button_view(
        discord.ui.Button(
            label=label, custom_id=f"welcome:{action}:{server}", style=primary if action == "try" else secondary
        )
        for action, label in labels.items()
    )


def is_welcome(message: discord.Message, server: int) -> bool:
    """Return whether a message has the buttons of a server's welcome."""
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    return any(getattr(item, "custom_id", None) == f"welcome:try:{server}" for row in rows for item in row.children)


def done_button(server: int) -> discord.ui.View:
    """Return the button that takes the welcome away."""
    return button_view([_done(server)])


def question_form(server: int) -> discord.ui.Modal:
    """Return the form with one field, the question; a sample stands in it, so that one press asks it."""
    field: discord.ui.TextInput[Any] = discord.ui.TextInput(
        style=discord.TextStyle.paragraph,
        default=say.SAMPLE_QUESTION,
        max_length=_MAX_QUESTION,
        custom_id=QUESTION_FIELD,
    )
    modal = discord.ui.Modal(title=say.TRY_IT, custom_id=f"welcome:ask:{server}")
    modal.add_item(discord.ui.Label(text=say.QUESTION, component=field))
    modal.stop()  # found by its id: discord.py need not keep it
    return modal


def provider_card(server: int, labels: Mapping[str, str], current: str) -> discord.ui.View:
    """Return a menu of the providers, by name and label, and the button that ends the welcome."""
    menu: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=f"welcome:provider:{server}",
        placeholder=say.WHO_ANSWERS,
        options=[
            discord.SelectOption(label=label, value=name, default=name == current) for name, label in labels.items()
        ],
    )
    return _card(menu, _done(server))


def channels_card(server: int, chosen: Collection[int]) -> discord.ui.View:
    """Return a menu of channels, with those `chosen` now, the button for all of them, and that which ends."""
    menu: discord.ui.ChannelSelect[Any] = discord.ui.ChannelSelect(
        custom_id=f"welcome:channels:{server}",
        placeholder=say.ONLY_IN,
        channel_types=_CHANNELS,
        max_values=MAX_CHOICES,
        default_values=[discord.Object(each) for each in list(chosen)[:MAX_CHOICES]],
    )
    everywhere: discord.ui.Button[Any] = discord.ui.Button(
        label=say.EVERYWHERE, custom_id=f"welcome:everywhere:{server}"
    )
    return _card(menu, everywhere, _done(server))


def _done(server: int) -> discord.ui.Button[Any]:
    return discord.ui.Button(label=say.DONE, custom_id=f"welcome:done:{server}")


def _card(*items: discord.ui.Item[Any]) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()
    return view
