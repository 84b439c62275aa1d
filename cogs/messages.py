"""Messages that ask: mentions, replies, direct messages, text commands, all in auto-reply channels; edited ones too.

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

from bot.answering.answer_actions import AnswerActions
from bot.answering.service import AnsweringService
from bot.conversation.server_settings import ServerSettings
from bot.discord.attachments import sort_attachments
from bot.discord.client import Switchboard
from bot.discord.locations import message_location
from bot.discord.mentions import HelpRequest, QuestionText, read_message, without_mention
from bot.domain.errors import AnswerError
from bot.domain.question import Question, Quote
from bot.services import Services
from bot.streaming.canvas import CanvasError
from bot.strings.errors import explain
from bot.strings.help import full_help, only_attachments, reach_in, short_help
from bot.strings.markup import small

_log = logging.getLogger(__name__)

_EDITED_WITHIN = timedelta(minutes=2)
"""How long after it was asked an edited question is asked again."""

_READABLE = {discord.MessageType.default, discord.MessageType.reply}


class Messages(commands.Cog):
    """Listens to messages."""

    def __init__(
        self,
        bot: Switchboard,
        service: AnsweringService,
        answer_actions: AnswerActions,
        server_settings: ServerSettings,
    ) -> None:
        self._bot = bot
        self._service = service
        self._answer_actions = answer_actions
        self._server_settings = server_settings

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that speaks to the bot."""
        if message.author != self._bot.user:
            self._bot.requests.message_counts.add(message.channel.id)
        request = self._read(message)
        if request is None or not self._bot.seen.first_time(message.id):
            return
        if isinstance(request, HelpRequest):
            await self._help(message, full=True)
        elif request.text or sort_attachments(message.attachments)[0]:
            canvas = self._bot.canvases.below(message, spoken_to=request.spoken_to)
            await self._service.answer(self._question(message, request.text), canvas)
        elif message.attachments:
            await self._say(message, only_attachments())
        else:
            await self._help(message, full=False)

    @commands.Cog.listener()
    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        """Ask a question again if its asker has just edited it."""
        message = event.message
        # Discord edits messages too, as when a link's preview appears: then nobody has edited the text.
        if message.edited_at is None or message.edited_at - message.created_at > _EDITED_WITHIN:
            return
        request = self._read(message)
        if isinstance(request, QuestionText) and request.text:
            question = self._question(message, request.text)
            await self._update_answer(message.id, self._answer_actions.reask_edited(question, self._bot.canvases.saved))

    @commands.Cog.listener()
    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        """Delete the answer with its question."""
        await self._update_answer(
            event.message_id, self._answer_actions.delete(event.message_id, self._bot.canvases.saved)
        )

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        """Do the same for up to 100 at once: while one is cancelled, another's turn must not come."""
        delete = self._answer_actions.delete
        saved = self._bot.canvases.saved
        await asyncio.gather(*(self._update_answer(gone, delete(gone, saved)) for gone in event.message_ids))

    def _read(self, message: discord.Message) -> QuestionText | HelpRequest | None:
        """Return what a message wants of the bot, None if it is not meant for it."""
        me = self._bot.user
        if me is None or message.author.bot or message.webhook_id is not None or message.type not in _READABLE:
            return None
        location = message_location(message)
        prefix = self._bot.message_content.prefix(location.server)
        addressed = location.is_dm or any(user.id == me.id for user in message.mentions)
        overheard = self._bot.message_content.auto_reply(location) and not _answers_others(message, me.id)
        if overheard and not message.content and sort_attachments(message.attachments)[0]:
            return QuestionText("", spoken_to=addressed)  # a long text that Discord's app made a file of
        return read_message(message.content, bot=me.id, prefix=prefix, addressed=addressed, overheard=overheard)

    async def _update_answer(self, message: int, change: Coroutine[Any, Any, None]) -> None:
        try:
            await change
        except AnswerError as error:
            # People who edit or delete a message expect no reply to that.
            _log.warning("question %d changed, and its answer did not: %s", message, type(error).__name__)

    def _question(self, message: discord.Message, text: str) -> Question:
        quoted = self._quoted(message)
        files, unread = sort_attachments([*message.attachments, *(quoted.attachments if quoted else ())])
        return Question(
            id=message.id,
            location=message_location(message),
            asker=message.author.id,
            text=text,
            quote=self._quote(quoted) if quoted else None,
            files=files,
            attachments=unread,
        )

    def _quoted(self, message: discord.Message) -> discord.Message | None:
        """Return the message that this one replies to, None if it is the bot's own, which is known already."""
        quoted = message.reference.resolved if message.reference else None
        return quoted if isinstance(quoted, discord.Message) and quoted.author != self._bot.user else None

    def _quote(self, quoted: discord.Message) -> Quote | None:
        """Return the text to quote, empty if it is hidden; None if there are only attachments, named elsewhere."""
        if not quoted.content and quoted.attachments:
            return None
        return Quote(
            quoted.author.display_name, without_mention(quoted.content, self._bot.user.id if self._bot.user else 0)
        )

    async def _help(self, message: discord.Message, *, full: bool) -> None:
        location = message_location(message)
        try:
            setup = await self._server_settings.answer_config(location)
        except AnswerError as error:
            await self._say(message, small(explain(error)))
            return
        label = setup.provider.label
        reach = reach_in(location, auto_reply=self._bot.message_content.auto_reply(location))
        if full:
            names, prefix = list(self._server_settings.providers), self._bot.message_content.prefix(location.server)
            await self._say(message, full_help(label, names, prefix=prefix, reach=reach))
        else:
            await self._say(message, short_help(label, reach=reach))

    async def _say(self, message: discord.Message, text: str) -> None:
        canvas = self._bot.canvases.below(message)
        try:
            await self._service.say(canvas, text)
        except CanvasError as error:
            _log.warning("message %d: cannot write in channel %d: %r", message.id, message.channel.id, error)


def _answers_others(message: discord.Message, me: int) -> bool:
    """Return whether a message replies to anybody but its author and the bot; a deleted message counts as theirs."""
    if message.type is not discord.MessageType.reply or message.reference is None:
        return False
    answered = message.reference.resolved
    return not isinstance(answered, discord.Message) or answered.author.id not in (message.author.id, me)


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""
    await bot.add_cog(Messages(bot, services.answering, services.actions, services.settings))
