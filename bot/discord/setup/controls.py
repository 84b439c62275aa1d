"""The buttons and the menu on the cards of `/setup`; each is found by its custom id."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import discord

from bot.domain.secrets.forms import CredentialForm
from bot.strings.admins.setup import buttons as say
from bot.strings.admins.setup.fields import TEXTS

Action = Literal["list", "choose", "show", "enter", "test", "answer", "try", "remove", "removed"]


def button(
    label: str,
    action: Action,
    token: str,
    provider: str,
    form: str = "",
    *,
    is_first: bool = False,
    warns: bool = False,
) -> discord.ui.Button[Any]:
    """Return a button of the card with this token, about a provider and perhaps one of its forms."""
    style = discord.ButtonStyle.danger if warns else discord.ButtonStyle.secondary
    return discord.ui.Button(
        label=label,
        custom_id=f"setup:{action}:{token}:{provider}:{form}",
        style=discord.ButtonStyle.primary if is_first else style,
    )


def provider_menu(token: str, labels: Mapping[str, str], own: Iterable[str]) -> discord.ui.View:
    """Return the menu of all providers, by name and label; those that are the server's `own` are marked."""
    owned = set(own)
    menu: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=f"setup:choose:{token}::",
        placeholder=say.CHOOSE,
        options=[
            discord.SelectOption(
                label=label, value=name, description=TEXTS[name].about, emoji=say.OWNED if name in owned else None
            )
            for name, label in labels.items()
        ],
    )
    return view_of(menu)


def enter_buttons(
    token: str, provider: str, forms: Sequence[CredentialForm], label: str, *, is_first: bool = True
) -> list[discord.ui.Button[Any]]:
    """Return the button that opens the provider's form; if it has several, one for each, called like its login."""
    logins = TEXTS[provider].logins
    return [
        button(
            label if len(forms) == 1 else say.named(label, logins[form.name]),
            "enter",
            token,
            provider,
            form.name,
            is_first=is_first and index == 0,
        )
        for index, form in enumerate(forms)
    ]


def back(token: str, provider: str) -> discord.ui.Button[Any]:
    """Return the button that leads back to the list."""
    return button(say.BACK, "list", token, provider)


def view_of(*items: discord.ui.Item[Any]) -> discord.ui.View:
    """Return a view of these, which discord.py need not keep."""
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()
    return view
