"""Opens the canvas of a question: below a message, as an interaction's response, or over an earlier answer."""

from typing import Any

import discord

from bot.discord.canvases.interaction_canvas import InteractionCanvas
from bot.discord.canvases.message_canvas import MessageCanvas
from bot.discord.canvases.requests import Requests
from bot.discord.canvases.saved_answer_canvas import SavedAnswerCanvas
from bot.discord.locations import interaction_location
from bot.domain.answer import Answer


class Canvases:
    """Opens canvases whose requests are sent by `client`."""

    def __init__(self, client: discord.Client, requests: Requests) -> None:
        self._client = client
        self._requests = requests

    def below(self, message: discord.Message, *, spoken_to: bool = True) -> MessageCanvas:
        """Return the place below a message."""
        return MessageCanvas(self._requests, message, spoken_to=spoken_to)

    def response_to(self, interaction: discord.Interaction[Any], *, private: bool = False) -> InteractionCanvas:
        """Return the response to an interaction, which nobody but its caller sees if it is `private`."""
        guest = interaction_location(interaction).is_user_install
        return InteractionCanvas(self._requests, interaction, guest=guest, private=private)

    def saved(self, answer: Answer, press: discord.Interaction[Any] | None = None) -> SavedAnswerCanvas:
        """Return the place of an earlier answer; refusals go to the person behind `press`, if it is given."""
        return SavedAnswerCanvas(self._requests, self._client, answer, press)

    def interrupted(self, answer: Answer) -> SavedAnswerCanvas:
        """Return the place of an answer that the end of the previous process cut off."""
        return SavedAnswerCanvas(self._requests, self._client, answer, token=answer.token)
