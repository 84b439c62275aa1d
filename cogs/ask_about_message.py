"""The message menu's "Ask about this", and the form that it opens."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.client import Switchboard
from bot.discord.custom_ids import FORM_ID
from bot.discord.interactions import Refused, acknowledge, entered, explained, submitted_form
from bot.discord.questions import InteractionQuestions
from bot.discord.reading.addressing import own_id
from bot.discord.reading.attachments import sort_attachments
from bot.discord.reading.names import names_for
from bot.discord.reading.quotes import Reader, author_of, plain_text, quote_message
from bot.discord.recent_events import SeenEvents
from bot.domain.question import Caption
from bot.services import Services
from bot.strings.commands import (
    ASK_ABOUT,
    QUESTION_FIELD,
    QUESTION_HINT,
    form_forgotten,
    message_withheld,
    message_without_text,
)

_FIELD = "question"
"""The custom id of its field."""

_KEPT_SECONDS = 3600.0
"""How long a form that nobody sent is remembered; Discord does not say when one is closed."""

MAX_FORMS = 1000
"""How many forms are remembered at once; the oldest are forgotten first."""

MAX_FORMS_EACH = 10
"""How many of them may be one person's, so that nobody has others' forms forgotten."""

_MAX_QUESTION = 4000
"""Characters: the most that a form's field takes (Discord's documentation, "Component Reference")."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form that is open: which message it is about, who opened it where, and when it is forgotten."""

    message: discord.Message
    opener: int
    server: int | None
    channel: int | None
    end: asyncio.TimerHandle


class AskAboutThis(commands.Cog):
    """The menu entry. Only the process that opened a form knows it, since it holds the message.

    It is forgotten when it is sent, when the message or the server goes, and when the message's author or the asker is
    forgotten. If the message is edited, the form is about its new text; if Discord hides that, it is forgotten too.
    """

    def __init__(self, bot: Switchboard, questions: InteractionQuestions) -> None:
        self._bot = bot
        self._questions = questions
        self._menu = app_commands.ContextMenu(name=ASK_ABOUT, callback=self._open)
        self._forms: dict[str, Form] = {}
        self._sent = SeenEvents()

    async def cog_load(self) -> None:
        """Add the entry to the menu of messages."""
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Remove the entry."""
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)
        self._forget_all(lambda _: True)

    async def _open(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        self._bot.admission.check(interaction)
        self._refuse_withheld(interaction, message)
        name, opener = f"about:{interaction.id}", interaction.user.id
        own = [name for name, form in self._forms.items() if form.opener == opener]
        if len(own) >= MAX_FORMS_EACH:
            self._forget(own[0])
        elif len(self._forms) >= MAX_FORMS:
            self._forget(next(iter(self._forms)))
        end = asyncio.get_running_loop().call_later(_KEPT_SECONDS, self._forget, name)
        self._forms[name] = Form(message, opener, interaction.guild_id, interaction.channel_id, end)
        await acknowledge(interaction, interaction.response.send_modal(_modal(name)))

    def _refuse_withheld(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Raise `Refused` if the message is somebody else's who has opted out."""
        author = author_of(message, own_id(self._bot))
        if author != interaction.user.id and self._bot.admission.opted_out(author):
            raise Refused(message_withheld())

    def _forget(self, name: str) -> Form | None:
        form = self._forms.pop(name, None)
        if form is not None:
            form.end.cancel()
        return form

    def _forget_all(self, gone: Callable[[Form], bool]) -> None:
        for name in [name for name, form in self._forms.items() if gone(form)]:
            self._forget(name)

    @commands.Cog.listener()
    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        """Have a form be about what its message says now."""
        message = event.message
        for name, form in list(self._forms.items()):
            if form.message.id != message.id or form.message.edited_at == message.edited_at:
                continue
            if Reader(own_id(self._bot), self._bot.message_content.on).sees(message):
                self._forms[name] = replace(form, message=message)
            else:
                self._forget(name)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        """Forget what a message said that was deleted."""
        self._forget_all(lambda form: form.message.id == event.message_id)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        """Do the same for many at once."""
        self._forget_all(lambda form: form.message.id in event.message_ids)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Forget what was said in a server that the bot was removed from."""
        self._forget_all(lambda form: form.server == guild.id)

    @commands.Cog.listener()
    async def on_forget(self, person: int) -> None:
        """Forget what a person said, and what they were about to ask; `/privacy forget` sends this event."""
        self._forget_all(lambda form: person in (form.message.author.id, form.opener))

    @commands.Cog.listener()
    @explained
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answer what was entered in a form; refuse one from before a restart, or one that was forgotten."""
        name = submitted_form(interaction)
        if FORM_ID.fullmatch(name) is None or not self._sent.first_time(interaction.id):
            return
        form, here = self._forms.get(name), (interaction.user.id, interaction.guild_id, interaction.channel_id)
        if form is None or here != (form.opener, form.server, form.channel):
            raise Refused(form_forgotten())
        # Forgotten before anything is waited for: nobody can send it twice.
        self._forget(name)
        await self._answer(interaction, form.message, entered(interaction, _FIELD))

    async def _answer(self, interaction: discord.Interaction[Any], message: discord.Message, own: str) -> None:
        """Answer in public, as `/ask` does: what was entered, or if that is nothing the message itself."""
        self._refuse_withheld(interaction, message)
        reader, names = Reader(own_id(self._bot), shows_all=True), names_for(interaction, message)
        asked = plain_text(own, names, reader.bot)
        quoted = quote_message(message, names, reader)
        text = quoted.quote.text if quoted.quote is not None else ""
        files, unread = sort_attachments(quoted.files)
        if not (asked or text or files):
            raise Refused(message_without_text())
        await self._questions.ask(
            interaction,
            asked or text,
            quote=quoted.quote if asked else None,
            files=files,
            attachments=unread,
            caption=Caption(interaction.user.display_name, asked or text, message.jump_url),
        )


def _modal(name: str) -> discord.ui.Modal:
    """Return the form: one field, the question. A stopped modal is not kept by discord.py: it is found by its id."""
    field: discord.ui.TextInput[Any] = discord.ui.TextInput(
        style=discord.TextStyle.paragraph, required=False, max_length=_MAX_QUESTION, custom_id=_FIELD
    )
    modal = discord.ui.Modal(title=ASK_ABOUT, custom_id=name)
    modal.add_item(discord.ui.Label(text=QUESTION_FIELD, description=QUESTION_HINT, component=field))
    modal.stop()
    return modal


async def setup(bot: Switchboard, _services: Services) -> None:
    """Add the cog."""
    await bot.add_cog(AskAboutThis(bot, bot.questions))
