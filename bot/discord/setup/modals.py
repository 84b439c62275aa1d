"""The forms of `/setup`: one for a provider's values, and one for a test question."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import discord

from bot.domain.secrets.forms import CredentialField, CredentialForm
from bot.strings.admins.setup import buttons as say
from bot.strings.admins.setup.fields import field_text
from bot.strings.markup import shorten
from bot.strings.welcome import SAMPLE_QUESTION

QUESTION = "question"
"""The custom id of the field for a test question."""

_MAX_TITLE, _MAX_OPTION = 45, 100
"""Discord's limits, in characters (documentation, "Component Reference")."""

MAX_CHOICES = 25
"""Of a select menu."""

_MAX_QUESTION = 2000


def credentials_modal(
    token: str,
    provider: str,
    label: str,
    form: CredentialForm,
    ids: Mapping[str, str],
    addresses: Sequence[str],
    note: str | None = None,
) -> discord.ui.Modal:
    """Return a form for a provider's values, with the `ids` filled in that are known; a secret is never filled in.

    Above the fields is a `note`, if there is anything to say.
    """
    modal = discord.ui.Modal(
        title=shorten(say.form_title(label), _MAX_TITLE), custom_id=f"setup:entered:{token}:{provider}:{form.name}"
    )
    if note is not None:
        modal.add_item(discord.ui.TextDisplay(note))
    for field in form.fields:
        text = field_text(provider, field.name)
        component = _address_menu(field, addresses, ids) if field.is_address else _text_input(field, ids)
        modal.add_item(discord.ui.Label(text=text.label, description=text.where, component=component))
    modal.stop()  # found by its id: discord.py need not keep it
    return modal


def question_modal(token: str, provider: str) -> discord.ui.Modal:
    """Return the form for a test question, in which a sample is written already."""
    field: discord.ui.TextInput[Any] = discord.ui.TextInput(
        style=discord.TextStyle.paragraph, default=SAMPLE_QUESTION, max_length=_MAX_QUESTION, custom_id=QUESTION
    )
    modal = discord.ui.Modal(title=say.TEST, custom_id=f"setup:asked:{token}:{provider}:")
    modal.add_item(discord.ui.Label(text=say.TEST_QUESTION, component=field))
    modal.stop()
    return modal


def _text_input(field: CredentialField, ids: Mapping[str, str]) -> discord.ui.TextInput[Any]:
    return discord.ui.TextInput(
        custom_id=field.name,
        required=field.is_required,
        max_length=field.max_chars,
        default=None if field.is_secret else ids.get(field.name) or None,
    )


def _address_menu(field: CredentialField, addresses: Sequence[str], ids: Mapping[str, str]) -> discord.ui.Select[Any]:
    """Return the menu of the operator's addresses, by their host names; the value of each is its number."""
    chosen = ids.get(field.name, "0")
    hosts = [urlsplit(address).netloc for address in addresses]
    names = [
        host if hosts.count(host) == 1 else address.partition("://")[2]
        for host, address in zip(hosts, addresses, strict=True)
    ]
    return discord.ui.Select(
        custom_id=field.name,
        options=[
            discord.SelectOption(label=shorten(name, _MAX_OPTION), value=str(number), default=str(number) == chosen)
            for number, name in enumerate(names[:MAX_CHOICES])
        ],
    )
