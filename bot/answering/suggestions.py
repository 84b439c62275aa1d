"""What chatbots suggest to ask, as buttons: each asks its question, also after a restart."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.answering.stored_buttons import StoredButton
from bot.domain.content import MAX_LABEL_CHARS, Action, Button
from bot.domain.errors import ProviderError
from bot.domain.provider import Provider, SuggestsQuestions
from bot.strings.markup import shorten

MAX_SUGGESTIONS = 10
"""How many are shown: two rows of buttons."""

KEPT_SECONDS, RETRY_SECONDS = 3600.0, 60.0
"""For how long they are kept before they are asked for again, and how soon that is tried again if it failed."""

PATIENCE = 1.0
"""Seconds for which what shows them waits."""

_SAY: Action = "say"
_TOKEN = re.compile(r"suggested:(?P<position>[0-9]{1,2}):(?P<provider>[a-z0-9-]{1,32})")


@dataclass(slots=True)
class _Known:
    """What one provider's chatbot suggests, and until when that counts, in the event loop's time."""

    questions: Sequence[str] = ()
    until: float = 0.0
    one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)


class Suggestions:
    """What the chatbots of `providers` suggest, kept in memory."""

    def __init__(self, providers: Mapping[str, Provider]) -> None:
        self._providers = providers
        self._clock = asyncio.get_running_loop().time
        self._known: dict[str, _Known] = {}

    async def buttons(self, provider: Provider) -> Sequence[Button]:
        """Return a button for each question; none if the provider does not tell any in time."""
        questions = await self._questions(provider)
        tokens = (f"suggested:{position}:{provider.name}" for position in range(MAX_SUGGESTIONS))
        return [Button(question, _SAY, question, token) for question, token in zip(questions, tokens, strict=False)]

    async def find(self, token: str, label: str) -> StoredButton | None:
        """Return the button with this token and label, None if it is none of these, or its question is not known.

        A label that has room for the whole question tells it; otherwise the provider must still suggest it.
        """
        parts = _TOKEN.fullmatch(token)
        if parts is None or not label:
            return None
        provider = self._providers.get(parts["provider"])
        question: str | None = label
        if label.endswith("…") and provider is not None:
            questions, position = await self._questions(provider), int(parts["position"])
            # Several may begin alike. The one at the button's place is meant, unless the list has changed.
            likely = (*questions[position : position + 1], *questions)
            question = next((each for each in likely if shorten(each, MAX_LABEL_CHARS) == label), None)
        return None if question is None else StoredButton(parts["provider"], Button(label, _SAY, question, token))

    async def _questions(self, provider: Provider) -> Sequence[str]:
        if not isinstance(provider, SuggestsQuestions):
            return ()
        known = self._known.setdefault(provider.name, _Known())
        async with known.one_at_a_time:
            if self._clock() >= known.until:
                try:
                    async with asyncio.timeout(PATIENCE):
                        known.questions = await provider.suggestions()
                    known.until = self._clock() + KEPT_SECONDS
                except (ProviderError, TimeoutError):
                    known.until = self._clock() + RETRY_SECONDS
        return known.questions
