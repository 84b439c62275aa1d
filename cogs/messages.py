"""Messages that ask: mentions, replies, direct messages, text commands, all in auto-reply channels; edited ones too.

One listener serves all providers, so that exactly one takes each message and questions keep their order: nothing is
waited for before the service has put the question into its channel's queue.
"""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from datetime import datetime
from typing import Any

import discord
from discord.ext import commands

from bot.answering.answer_actions import AnswerActions
from bot.answering.service import AnsweringService
from bot.answering.suggestions import Suggestions
from bot.conversation.server_settings import ServerSettings
from bot.discord.client import Switchboard
from bot.discord.locations import message_location
from bot.discord.reading.addressing import (
    HelpRequest,
    HiddenQuestion,
    QuestionText,
    Request,
    own_id,
    request_of,
)
from bot.discord.reading.message_question import question_of
from bot.discord.reading.quotes import Reader
from bot.discord.recent_events import is_early
from bot.domain.content import Button
from bot.domain.errors import AnswerError
from bot.domain.question import Question
from bot.domain.runtime.bounded_dict import BoundedDict
from bot.domain.runtime.correlation import correlated
from bot.services import Services
from bot.streaming.canvas import Canvas, CanvasError
from bot.strings.errors import explain
from bot.strings.help import full_help, mention_me_instead, nothing_to_read, only_attachments, reach_in, short_help
from bot.strings.markup import small

_log = logging.getLogger(__name__)

_MAX_EDITS = 2_000
"""Of how many messages the latest edit is remembered; Discord may tell of an edit more than once."""


class Messages(commands.Cog):
    """Listens to messages."""

    def __init__(
        self,
        bot: Switchboard,
        service: AnsweringService,
        answer_actions: AnswerActions,
        server_settings: ServerSettings,
        suggestions: Suggestions,
        policy: str | None,
    ) -> None:
        self._suggestions = suggestions
        self._bot = bot
        self._service = service
        self._answer_actions = answer_actions
        self._server_settings = server_settings
        self._policy = policy
        self._recent_messages = bot.requests.recent_messages
        self._edits = BoundedDict[int, datetime](_MAX_EDITS)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that speaks to the bot."""
        if not message.flags.ephemeral:
            author = None if message.author == self._bot.user else message.author.id
            self._recent_messages.add(message.channel.id, message.id, author)
        request = self._request(message)
        if request is None or not self._bot.seen.first_time(message.id):
            return
        with correlated(message.id):
            question = self._question(message, request)
            if question is not None and (question.has_words or question.files):
                await self._service.answer(question, self._below(message, request))
            else:
                await self._say_why(message, request, question)

    @commands.Cog.listener()
    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        """Ask a question again if its asker has just edited it, and for the first time if the edit made it one."""
        message, edited_at = event.message, event.message.edited_at
        if edited_at is None or not is_early(edited_at, message.created_at):
            return
        if not is_early(discord.utils.utcnow(), edited_at):
            return  # somebody pinned it, say; names that it mentions may have changed since it was asked
        # Discord tells of an edit again, as when a link's preview appears.
        if self._edits.get(message.id) == edited_at or (request := self._request(message)) is None:
            return
        self._edits[message.id] = edited_at
        question, saved = self._question(message, request), self._bot.canvases.saved
        if question is not None and (question.has_words or question.files):
            below = self._below(message, request)
            self._bot.seen.first_time(message.id)
            await self._update_answer(message.id, self._answer_actions.reask_edited(question, saved, below))
        elif self._bot.seen.first_time(message.id):
            await self._say_why(message, request, question)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        """Delete the answer with its question."""
        self._recent_messages.remove(event.channel_id, [event.message_id])
        await self._update_answer(
            event.message_id, self._answer_actions.delete(event.message_id, self._bot.canvases.saved)
        )

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        """Do the same for up to 100 at once: while one is cancelled, another's turn must not come."""
        self._recent_messages.remove(event.channel_id, event.message_ids)
        delete = self._answer_actions.delete
        saved = self._bot.canvases.saved
        await asyncio.gather(*(self._update_answer(gone, delete(gone, saved)) for gone in event.message_ids))

    def _request(self, message: discord.Message) -> Request | None:
        """Return what a message wants of the bot, None if it is not meant for it or not to be answered."""
        request = request_of(message, own_id(self._bot), self._bot.message_content)
        return request if request is not None and self._bot.admission.hears(message) else None

    async def _update_answer(self, message: int, change: Coroutine[Any, Any, None]) -> None:
        with correlated(message):
            try:
                await change
            except AnswerError as error:
                # People who edit or delete a message expect no reply to that.
                _log.warning("question %d changed, and its answer did not: %s", message, type(error).__name__)

    def _question(self, message: discord.Message, request: Request) -> Question | None:
        """Return what a message asks, None if it asks nothing."""
        if not isinstance(request, QuestionText):
            return None
        reader = Reader(own_id(self._bot), self._bot.message_content.on, self._bot.admission.opted_out)
        return question_of(message, request.text, reader)

    def _below(self, message: discord.Message, request: Request) -> Canvas:
        return self._bot.canvases.below(message, spoken_to=request.spoken_to)

    async def _say_why(self, message: discord.Message, request: Request, question: Question | None) -> None:
        """Reply to a message in which nothing is asked: with help, or with what the bot cannot read.

        A message that was only overheard, such as a forwarded picture, gets no reply.
        """
        if not request.spoken_to:
            return
        if isinstance(request, HiddenQuestion):
            await self._say(message, mention_me_instead(own_id(self._bot)))
        elif question is not None and question.attachments:
            await self._say(message, only_attachments())
        elif question is not None and question.quote is not None:
            await self._say(message, nothing_to_read())
        else:
            await self._help(message, full=isinstance(request, HelpRequest))

    async def _help(self, message: discord.Message, *, full: bool) -> None:
        location = message_location(message)
        try:
            setup = await self._server_settings.answer_config(location)
        except AnswerError as error:
            await self._say(message, small(explain(error)))
            return
        label = setup.provider.label
        is_heard = self._bot.message_content.answers_all(message.channel, location, own_id(self._bot))
        reach = reach_in(location, auto_reply=is_heard)
        buttons = await self._suggestions.buttons(setup.provider, setup.credential_id)
        if full:
            names, prefix = setup.names, self._bot.message_content.prefix(location.server)
            text = full_help(label, names, prefix=prefix, reach=reach, policy=self._policy)
            await self._say(message, text, buttons)
        else:
            await self._say(message, short_help(label, reach=reach), buttons)

    async def _say(self, message: discord.Message, text: str, buttons: Sequence[Button] = ()) -> None:
        canvas = self._bot.canvases.below(message)
        try:
            await self._service.say(canvas, message.channel.id, message.author.id, text, buttons)
        except CanvasError as error:
            _log.warning("message %d: cannot write in channel %d: %r", message.id, message.channel.id, error)


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""
    asked = (services.answering, services.actions, services.settings, services.suggestions)
    await bot.add_cog(Messages(bot, *asked, services.privacy_url))
