"""The door in a message's menu: "Ask about this", and the form that it opens."""

import logging
from collections.abc import Callable
from typing import Any, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.bot import BotBase, respond, try_to_respond
from bot.discord.mentions import without_mention
from bot.domain.errors import InternalError
from bot.domain.question import AboutMessage, Quote
from bot.strings.errors import explain

_log = logging.getLogger(__name__)

_FORM = "about:"
"""What the id of each such form begins with."""

_KEPT_SECONDS = 3600.0
"""How long a form that nobody sent is remembered; Discord does not say when one is closed."""

_MOST_FORMS = 1000
"""How many forms are remembered at once; the oldest are forgotten first."""

_LONGEST_QUESTION = 4000
"""Characters; what a form's field takes at most (Discord's documentation, "Component Reference")."""


class AskAboutThis(commands.Cog):
    """The menu entry. A form is known to the process that opened it alone, since it holds the message.

    It is forgotten with the message, with the server, and with whoever wrote the one or opened the other.
    """

    def __init__(self, bot: BotBase) -> None:
        self.bot = bot
        self._menu = app_commands.ContextMenu(name="Ask about this", callback=self._open)
        self._forms: dict[str, Form] = {}

    async def cog_load(self) -> None:
        """Add the entry to the menu of messages."""
        self.bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Take it out of there."""
        self.bot.tree.remove_command(self._menu.name, type=self._menu.type)

    async def _open(self, interaction: discord.Interaction[BotBase], message: discord.Message) -> None:
        form = Form(self.bot, interaction, message, self._forget)
        self._forms[form.custom_id] = form
        if len(self._forms) > _MOST_FORMS:
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
        """Forget what a person said, and what they were about to ask; `/privacy forget` tells of it."""
        self._forget_all(lambda form: person in (form.message.author.id, form.opener))

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[BotBase]) -> None:
        """Tell whoever sends a form of before a restart, or an old one, that it is not known any more."""
        if interaction.type is not discord.InteractionType.modal_submit or interaction.data is None:
            return
        form = str(cast("dict[str, object]", interaction.data)["custom_id"])
        if form.startswith(_FORM) and form not in self._forms:
            text = "I do not know any more which message this was about. Please open **Ask about this** once more."
            await try_to_respond(interaction, text)


class Form(discord.ui.Modal, title="Ask about this"):
    """One field: the question. Left empty, the message itself is the question; otherwise it goes along as a quotation.

    `forget` is told the form's id when it cannot be sent any more.
    """

    question: discord.ui.Label[Any] = discord.ui.Label(
        text="Question",
        description="Leave it empty to have the message itself answered.",
        component=discord.ui.TextInput(
            style=discord.TextStyle.paragraph, required=False, max_length=_LONGEST_QUESTION, custom_id="question"
        ),
    )

    def __init__(
        self,
        bot: BotBase,
        interaction: discord.Interaction[BotBase],
        message: discord.Message,
        forget: Callable[[str], None],
    ) -> None:
        super().__init__(timeout=_KEPT_SECONDS, custom_id=f"{_FORM}{interaction.id}")
        self.message = message
        self.opener = interaction.user.id
        self.server = interaction.guild_id
        self._bot = bot
        self._forget = forget

    async def on_timeout(self) -> None:
        """Take note that nobody sent it."""
        self._forget(self.custom_id)

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Answer in public, as `/ask` does."""
        try:
            await self._answer(interaction)
        finally:
            self._forget(self.custom_id)

    async def _answer(self, interaction: discord.Interaction[Any]) -> None:
        asked = cast("discord.ui.TextInput[Any]", self.question.component).value.strip()
        message, me = self.message, self._bot.user
        text = without_mention(message.content, me.id if me is not None else 0)
        if not asked and not text:
            await respond(
                interaction, "There is no text in that message that I could pass on. Please write a question."
            )
            return
        await self._bot.answer_interaction(
            interaction,
            asked or text,
            quote=Quote(message.author.display_name, text) if asked and text else None,
            attachments=tuple(attachment.filename for attachment in message.attachments),
            about=AboutMessage(message.jump_url, asked),
        )

    async def on_error(self, interaction: discord.Interaction[Any], error: Exception, /) -> None:  # type: ignore[override]
        """Say that something went wrong, to whoever sent the form and in the log."""
        _log.error("form of interaction %d failed", interaction.id, exc_info=error)
        await try_to_respond(interaction, explain(InternalError()))


async def setup(bot: BotBase) -> None:
    """Add the cog."""
    await bot.add_cog(AskAboutThis(bot))
