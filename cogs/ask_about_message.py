"""The message menu's "Ask about this", and the form that it opens."""

from collections.abc import Callable
from typing import Any, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.attachments import sort_attachments
from bot.discord.client import Switchboard
from bot.discord.interactions import Refused, explain_failure, explained, submitted_form
from bot.discord.mentions import without_mention
from bot.discord.questions import InteractionQuestions
from bot.domain.question import AboutMessage, Quote
from bot.services import Services
from bot.strings.commands import (
    ASK_ABOUT,
    QUESTION_FIELD,
    QUESTION_HINT,
    form_forgotten,
    message_without_text,
)

_FORM = "about:"
"""How the custom id of each such form begins."""

_KEPT_SECONDS = 3600.0
"""How long a form that nobody sent is remembered; Discord does not say when one is closed."""

MAX_FORMS = 1000
"""How many forms are remembered at once; the oldest are forgotten first."""

_MAX_QUESTION = 4000
"""Characters: the most that a form's field takes (Discord's documentation, "Component Reference")."""


class AskAboutThis(commands.Cog):
    """The menu entry. Only the process that opened a form knows it, since it holds the message.

    It is forgotten when the message or the server goes, and when the message's author or the asker is forgotten.
    """

    def __init__(self, bot: commands.Bot, questions: InteractionQuestions) -> None:
        self._bot = bot
        self._questions = questions
        self._menu = app_commands.ContextMenu(name=ASK_ABOUT, callback=self._open)
        self._forms: dict[str, Form] = {}

    async def cog_load(self) -> None:
        """Add the entry to the menu of messages."""
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Remove the entry."""
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)

    async def _open(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        form = Form(self._bot.user, self._questions, interaction, message, self._forget)
        self._forms[form.custom_id] = form
        if len(self._forms) > MAX_FORMS:
            self._forget(next(iter(self._forms)))
        await interaction.response.send_modal(form)

    def _forget(self, form: str) -> None:
        if form in self._forms:
            self._forms.pop(form).stop()

    def _forget_all(self, gone: Callable[["Form"], bool]) -> None:
        for form in [name for name, form in self._forms.items() if gone(form)]:
            self._forget(form)

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
        """Refuse a form from before a restart, or one that was forgotten."""
        form = submitted_form(interaction)
        if form.startswith(_FORM) and form not in self._forms:
            raise Refused(form_forgotten())


class Form(discord.ui.Modal, title=ASK_ABOUT):
    """One field: the question. Left empty, the message itself is the question; otherwise it goes along as a quotation.

    `forget` is called with the form's id when it can no longer be sent.
    """

    question: discord.ui.Label[Any] = discord.ui.Label(
        text=QUESTION_FIELD,
        description=QUESTION_HINT,
        component=discord.ui.TextInput(
            style=discord.TextStyle.paragraph, required=False, max_length=_MAX_QUESTION, custom_id="question"
        ),
    )

    def __init__(
        self,
        me: discord.ClientUser | None,
        questions: InteractionQuestions,
        interaction: discord.Interaction[Any],
        message: discord.Message,
        forget: Callable[[str], None],
    ) -> None:
        super().__init__(timeout=_KEPT_SECONDS, custom_id=f"{_FORM}{interaction.id}")
        self.message = message
        self.opener = interaction.user.id
        self.server = interaction.guild_id
        self._me = me
        self._questions = questions
        self._forget = forget

    async def on_timeout(self) -> None:
        """Forget a form that nobody sent."""
        self._forget(self.custom_id)

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Answer in public, as `/ask` does."""
        try:
            await self._answer(interaction)
        finally:
            self._forget(self.custom_id)

    async def _answer(self, interaction: discord.Interaction[Any]) -> None:
        asked = cast("discord.ui.TextInput[Any]", self.question.component).value.strip()
        message, me = self.message, self._me
        text = without_mention(message.content, me.id if me is not None else 0)
        files, unread = sort_attachments(message.attachments)
        if not (asked or text or files):
            raise Refused(message_without_text())
        await self._questions.ask(
            interaction,
            asked or text,
            quote=Quote(message.author.display_name, text) if asked and text else None,
            files=files,
            attachments=unread,
            about=AboutMessage(message.jump_url, asked),
        )

    async def on_error(self, interaction: discord.Interaction[Any], error: Exception, /) -> None:  # type: ignore[override]
        """Explain the failure to the person who sent the form."""
        await explain_failure(interaction, error)


async def setup(bot: Switchboard, _services: Services) -> None:
    """Add the cog."""
    await bot.add_cog(AskAboutThis(bot, bot.questions))
