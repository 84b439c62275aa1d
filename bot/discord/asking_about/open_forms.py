"""The forms of "Ask about this" that this process opened, with the messages that they are about."""

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import discord

from bot.discord.interactions import Refused
from bot.discord.recent_events import SeenEvents
from bot.strings.commands import form_forgotten

KEPT_SECONDS = 3600.0
"""For how long a form can be sent; Discord does not say when one is closed."""

MAX_FORMS = 1000
"""How many forms are remembered at once; the oldest are forgotten first."""

MAX_FORMS_EACH = 10
"""How many of them may be one person's, so that nobody has others' forms forgotten."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form that is open: the id of the interaction that opened it, its message, who opened it in which server.

    `end` is when it is forgotten.
    """

    opened: int
    message: discord.Message
    opener: int
    server: int | None
    end: asyncio.TimerHandle


class OpenForms:
    """Remembers forms, and which of them are over: a form is sent once."""

    def __init__(self) -> None:
        self._forms: dict[int, Form] = {}
        self._over = SeenEvents()

    def __iter__(self) -> Iterator[Form]:
        return iter(list(self._forms.values()))

    def open(self, interaction: discord.Interaction[Any], message: discord.Message) -> str:
        """Remember a form that an interaction opens, and return its custom id (`FORM_ID`)."""
        opened, person = interaction.id, interaction.user.id
        own = [form.opened for form in self._forms.values() if form.opener == person]
        if len(own) >= MAX_FORMS_EACH:
            self._remove(own[0])
        elif len(self._forms) >= MAX_FORMS:
            self._remove(next(iter(self._forms)))
        end = asyncio.get_running_loop().call_later(KEPT_SECONDS, self._remove, opened)
        self._forms[opened] = Form(opened, message, person, interaction.guild_id, end)
        return f"about:{opened}:{person}:{interaction.channel_id or 0}:{message.id}"

    def take(self, form: re.Match[str], interaction: discord.Interaction[Any]) -> discord.Message | None:
        """Return the message of a form that is sent, which is then over; None if this process does not know it.

        Raises `Refused` if it is over, too old, or was opened by somebody else or elsewhere.
        """
        opened = int(form["opened"])
        here = (str(interaction.user.id), str(interaction.channel_id or 0))
        age = _made_at(interaction.id) - _made_at(opened)
        if here != (form["person"], form["channel"]) or not 0 <= age <= KEPT_SECONDS:
            raise Refused(form_forgotten())
        known = self._remove(opened)
        if not self._over.first_time(opened):
            raise Refused(form_forgotten())
        return None if known is None else known.message

    def change(self, form: Form, message: discord.Message) -> None:
        """Have a form be about what its message says now."""
        self._forms[form.opened] = replace(form, message=message)

    def forget(self, gone: Callable[[Form], bool]) -> None:
        """End the forms for which `gone` returns True."""
        for form in self:
            if gone(form):
                self._remove(form.opened)
                self._over.first_time(form.opened)

    def _remove(self, opened: int) -> Form | None:
        form = self._forms.pop(opened, None)
        if form is not None:
            form.end.cancel()
        return form


def _made_at(interaction: int) -> float:
    """Return when an interaction was made, in seconds since 2015: its id says that (documentation, "Snowflakes")."""
    return (interaction >> 22) / 1000
