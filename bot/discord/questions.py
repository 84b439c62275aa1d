"""Questions that come by command, form or button: each is answered once, as the response to its interaction."""

from dataclasses import replace
from typing import Any, Protocol

import discord

from bot.discord.canvases.opening import Canvases
from bot.discord.command_checks import manages_server
from bot.discord.locations import interaction_location
from bot.discord.reading.addressing import own_id
from bot.discord.reading.admission import Admission, requester_of
from bot.discord.reading.names import names_for
from bot.discord.reading.quotes import plain_text
from bot.discord.reading.threads import thread_of
from bot.discord.recent_events import SeenEvents
from bot.domain.attachments import AttachedFile
from bot.domain.question import Caption, Question, Quote
from bot.streaming.canvas import Canvas


class Answering(Protocol):
    """What answers questions."""

    async def answer(self, question: Question, canvas: Canvas) -> None:
        """Answer `question` on `canvas`, and return when all is shown."""
        ...


class InteractionQuestions:
    """Asks the questions of interactions, and raises `Refused` if the server does not have them answered.

    All methods return when the answer is shown.
    """

    def __init__(self, answering: Answering, canvases: Canvases, seen: SeenEvents, admission: Admission) -> None:
        self._answering = answering
        self._canvases = canvases
        self._seen = seen
        self._admission = admission

    async def ask_entered(
        self,
        interaction: discord.Interaction[Any],
        entered: str,
        *,
        provider: str | None = None,
        private: bool = False,
    ) -> None:
        """Ask what somebody `entered` with a command, read as people read it."""
        text = plain_text(entered, names_for(interaction), own_id(interaction.client))
        caption = Caption(interaction.user.display_name, text)
        await self.ask(interaction, text, provider=provider, caption=caption, private=private)

    async def ask(
        self,
        interaction: discord.Interaction[Any],
        text: str,
        *,
        provider: str | None = None,
        jump: str | None = None,
        quote: Quote | None = None,
        files: tuple[AttachedFile, ...] = (),
        attachments: tuple[str, ...] = (),
        caption: Caption | None = None,
        private: bool = False,
    ) -> None:
        """Ask `text` as it is, unless Discord delivers the same interaction again.

        Only its caller sees the answer if it is `private`.
        """
        if not self._seen.first_time(interaction.id):
            return
        self._admission.check(interaction)
        question = Question(
            id=interaction.id,
            location=interaction_location(interaction, private=private),
            asker=interaction.user.id,
            text=text,
            quote=quote,
            files=files,
            attachments=attachments,
            provider=provider,
            jump=jump,
            caption=caption,
            by_message=False,
            thread=thread_of(interaction.channel, self._admission.opted_out),
            name=interaction.user.display_name,
            requester=requester_of(interaction.user),
            by_admin=manages_server(interaction),
        )
        await self._answering.answer(question, self._canvases.response_to(interaction, private=private))

    async def ask_again(self, interaction: discord.Interaction[Any], question: Question) -> None:
        """Ask `question` as if the interaction had asked it, in private if it was."""
        private = question.location.is_private
        location = interaction_location(interaction, private=private)
        requester = requester_of(interaction.user)
        question = replace(question, id=interaction.id, location=location, by_message=False, requester=requester)
        await self._answering.answer(question, self._canvases.response_to(interaction, private=private))
