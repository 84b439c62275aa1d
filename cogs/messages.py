"""The door for messages: a mention, a reply, a direct message, a text command, any in some channels; changed ones too.

One listener serves all providers, so that exactly one takes each message and questions keep their order: nothing is
waited for before the service has put the question into its channel's queue.
"""

import asyncio
import logging
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import discord
from discord.ext import commands

from bot.discord.bot import BotBase, guild_id_of, location_of
from bot.discord.mentions import HelpRequest, QuestionText, read_message, without_mention
from bot.domain.errors import AnswerError
from bot.domain.question import Location, Question, Quote
from bot.streaming.canvas import CanvasError
from bot.strings.errors import explain
from bot.strings.help import full_help, only_attachments, reach_in, short_help
from bot.strings.markup import small

_log = logging.getLogger(__name__)

_CHANGED_WITHIN = timedelta(minutes=2)
"""How long after it was asked a question may be changed, and is asked again then."""

_READABLE = {discord.MessageType.default, discord.MessageType.reply}


class Messages(commands.Cog):
    """Listens to messages."""

    def __init__(self, bot: BotBase) -> None:
        self.bot = bot

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that speaks to the bot."""
        if message.author != self.bot.user:
            self.bot.message_counts.add(message.channel.id)
        wanted = self._read(message)
        if wanted is None or not self.bot.once.first_time(message.id):
            return
        if isinstance(wanted, HelpRequest):
            await self._help(message, full=True)
        elif wanted.text:
            canvas = self.bot.canvas(message, spoken_to=wanted.spoken_to)
            await self.bot.services.service.answer(self._question(message, wanted.text), canvas)
        elif message.attachments:
            await self._say(message, only_attachments())
        else:
            await self._help(message, full=False)

    @commands.Cog.listener()
    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        """Ask a question again whose text its asker has just changed."""
        message = event.message
        # Discord edits messages too, as when a link's preview appears: then nobody has changed the text.
        if message.edited_at is None or message.edited_at - message.created_at > _CHANGED_WITHIN:
            return
        wanted = self._read(message)
        if isinstance(wanted, QuestionText) and wanted.text:
            question = self._question(message, wanted.text)
            await self._steer(
                message.id, self.bot.services.answer_actions.reask_edited(question, self.bot.saved_canvas)
            )

    @commands.Cog.listener()
    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        """Take the answer away with its question."""
        await self._steer(
            event.message_id, self.bot.services.answer_actions.delete(event.message_id, self.bot.saved_canvas)
        )

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        """Do the same for many, at most 100, at once: while one is taken back, no other's turn is to come."""
        withdraw = self.bot.services.answer_actions.delete
        await asyncio.gather(*(self._steer(gone, withdraw(gone, self.bot.saved_canvas)) for gone in event.message_ids))

    def _read(self, message: discord.Message) -> QuestionText | HelpRequest | None:
        """Return what a message wants of the bot, None where it is not meant."""
        me = self.bot.user
        if me is None or message.author.bot or message.webhook_id is not None or message.type not in _READABLE:
            return None
        location = _place(message)
        prefix = self.bot.services.server_settings.prefix(location.server) if self.bot.has_message_content else None
        addressed = location.is_dm or any(user.id == me.id for user in message.mentions)
        overheard = self.bot.auto_replies(location) and not _answers_others(message, me.id)
        return read_message(message.content, bot=me.id, prefix=prefix, addressed=addressed, overheard=overheard)

    async def _steer(self, message: int, change: Coroutine[Any, Any, None]) -> None:
        try:
            await change
        except AnswerError as error:
            # Whoever edits or deletes a message expects no reply to that.
            _log.warning("question %d changed, and its answer did not: %s", message, type(error).__name__)

    def _question(self, message: discord.Message, text: str) -> Question:
        quoted = self._quoted(message)
        attachments = [*message.attachments, *(quoted.attachments if quoted else ())]
        return Question(
            id=message.id,
            location=_place(message),
            asker=message.author.id,
            text=text,
            quote=self._quote(quoted) if quoted else None,
            attachments=tuple(attachment.filename for attachment in attachments),
        )

    def _quoted(self, message: discord.Message) -> discord.Message | None:
        """Return the message of somebody else that this one replies to; the bot's own are known already."""
        quoted = message.reference.resolved if message.reference else None
        return quoted if isinstance(quoted, discord.Message) and quoted.author != self.bot.user else None

    def _quote(self, quoted: discord.Message) -> Quote | None:
        """Return the text to quote, empty where it is hidden; None where attachments, named elsewhere, are all."""
        if not quoted.content and quoted.attachments:
            return None
        return Quote(
            quoted.author.display_name, without_mention(quoted.content, self.bot.user.id if self.bot.user else 0)
        )

    async def _help(self, message: discord.Message, *, full: bool) -> None:
        server_settings, location = self.bot.services.server_settings, _place(message)
        try:
            setup = await server_settings.answer_config(location)
        except AnswerError as error:
            await self._say(message, small(explain(error)))
            return
        label = setup.provider.label
        reach = reach_in(location, auto_reply=self.bot.auto_replies(location))
        if full:
            names, prefix = list(server_settings.providers), server_settings.prefix(location.server)
            await self._say(message, full_help(label, names, prefix=prefix, reach=reach))
        else:
            await self._say(message, short_help(label, reach=reach))

    async def _say(self, message: discord.Message, text: str) -> None:
        canvas = self.bot.canvas(message)
        try:
            await self.bot.services.service.say(canvas, text)
        except CanvasError as error:
            _log.warning("message %d: cannot write in channel %d: %r", message.id, message.channel.id, error)


def _place(message: discord.Message) -> Location:
    return location_of(message.channel, guild_id_of(message), message.channel.id)


def _answers_others(message: discord.Message, me: int) -> bool:
    """Tell whether a message replies to anybody but its author and the bot; a message that is gone counts as theirs."""
    if message.type is not discord.MessageType.reply or message.reference is None:
        return False
    answered = message.reference.resolved
    return not isinstance(answered, discord.Message) or answered.author.id not in (message.author.id, me)


async def setup(bot: BotBase) -> None:
    """Add the cog."""
    await bot.add_cog(Messages(bot))
