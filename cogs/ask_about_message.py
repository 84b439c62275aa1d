"""The message menu's "Ask about this", and the form that it opens."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.asking_about.open_forms import OpenForms
from bot.discord.asking_about.target import read_target
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

_MAX_QUESTION = 4000
"""Characters: the most that a form's field takes (Discord's documentation, "Component Reference")."""


class AskAboutThis(commands.Cog):
    """The menu entry. A form may be sent to another process than the one that opened it.

    The one that opened it holds its message, since Discord may not show that to the bot again. It is forgotten when the
    form is sent, when the message or the server goes, and when the message's author or the asker is forgotten. If the
    message is edited, the form is about its new text; if Discord hides that, it is forgotten too. Another process reads
    the message that the form's custom id names.
    """

    def __init__(self, bot: Switchboard, questions: InteractionQuestions) -> None:
        self._bot = bot
        self._questions = questions
        self._menu = app_commands.ContextMenu(name=ASK_ABOUT, callback=self._open)
        self._forms = OpenForms()
        self._sent = SeenEvents()

    async def cog_load(self) -> None:
        """Add the entry to the menu of messages."""
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Remove the entry."""
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)
        self._forms.forget(lambda _: True)

    async def _open(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        self._bot.admission.check(interaction)
        self._refuse_withheld(interaction, message)
        await acknowledge(interaction, interaction.response.send_modal(_modal(self._forms.open(interaction, message))))

    def _refuse_withheld(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Raise `Refused` if the message is somebody else's who has opted out."""
        author = author_of(message, own_id(self._bot))
        if author != interaction.user.id and self._bot.admission.opted_out(author):
            raise Refused(message_withheld())

    @commands.Cog.listener()
    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        """Have a form be about what its message says now."""
        message = event.message
        about = [form for form in self._forms if form.message.id == message.id]
        changed = [form for form in about if form.message.edited_at != message.edited_at]
        if self._reader.sees(message):
            for form in changed:
                self._forms.change(form, message)
        else:
            self._forms.forget(lambda form: form in changed)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        """Forget what a message said that was deleted."""
        self._forms.forget(lambda form: form.message.id == event.message_id)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        """Do the same for many at once."""
        self._forms.forget(lambda form: form.message.id in event.message_ids)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Forget what was said in a server that the bot was removed from."""
        self._forms.forget(lambda form: form.server == guild.id)

    @commands.Cog.listener()
    async def on_forget(self, person: int) -> None:
        """Forget what a person said, and what they were about to ask; `/privacy forget` sends this event."""
        self._forms.forget(lambda form: person in (form.message.author.id, form.opener))

    @commands.Cog.listener()
    @explained
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answer what was entered in a form; refuse one that was sent before, or whose message cannot be read."""
        form = FORM_ID.fullmatch(submitted_form(interaction))
        if form is None or not self._sent.first_time(interaction.id):
            return
        # Over before anything is waited for: nobody can send it twice.
        message = self._forms.take(form, interaction)
        if message is None and form["message"] is not None:  # a form of an older version names none
            trace = self._bot.requests.trace
            message = await read_target(interaction, int(form["message"]), trace, self._reader)
        if message is None:
            raise Refused(form_forgotten())
        await self._answer(interaction, message, entered(interaction, _FIELD))

    @property
    def _reader(self) -> Reader:
        return Reader(own_id(self._bot), self._bot.message_content.on)

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
