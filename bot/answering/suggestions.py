"""What chatbots suggest to ask, as buttons: each asks its question, also after a restart."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.answering.stored_buttons import StoredButton
from bot.conversation.chatbots import Available
from bot.conversation.server_settings import ServerSettings
from bot.domain.content import MAX_LABEL_CHARS, Action, Button
from bot.domain.errors import ProviderError
from bot.domain.provider import Provider, SuggestsQuestions
from bot.domain.question import Location
from bot.domain.runtime.bounded_dict import BoundedDict
from bot.domain.secrets.credentials import CredentialId
from bot.strings.markup import shorten

MAX_SUGGESTIONS = 10
"""How many are shown: two rows of buttons."""

KEPT_SECONDS, RETRY_SECONDS = 3600.0, 60.0
"""For how long they are kept before they are asked for again, and how soon that is tried again if it failed."""

_MAX_KNOWN = 1000
"""Of how many chatbots they are kept."""

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
    """What chatbots suggest, kept in memory; each server's own apart from all others."""

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._clock = asyncio.get_running_loop().time
        self._known = BoundedDict[CredentialId, _Known](_MAX_KNOWN)

    async def buttons(self, provider: Provider, credential: CredentialId) -> Sequence[Button]:
        """Return a button for each question; none if the provider does not tell any in time."""
        questions = await self._questions(provider, credential)
        tokens = (f"suggested:{position}:{provider.name}" for position in range(MAX_SUGGESTIONS))
        return [Button(question, _SAY, question, token) for question, token in zip(questions, tokens, strict=False)]

    async def find(self, token: str, label: str, location: Location) -> StoredButton | None:
        """Return the button with this token and label, None if it is none of these, or its question is not known.

        A label that has room for the whole question tells it; otherwise the provider that can be asked in `location`
        must still suggest it. Raises `DatabaseUnavailable`.
        """
        parts = _TOKEN.fullmatch(token)
        if parts is None or not label:
            return None
        question: str | None = label
        if label.endswith("…"):
            available = await self._settings.available(location)
            questions, position = await self._suggested(parts["provider"], available), int(parts["position"])
            # Several may begin alike. The one at the button's place is meant, unless the list has changed.
            likely = (*questions[position : position + 1], *questions)
            question = next((each for each in likely if shorten(each, MAX_LABEL_CHARS) == label), None)
        return None if question is None else StoredButton(parts["provider"], Button(label, _SAY, question, token))

    async def _suggested(self, name: str, available: Available) -> Sequence[str]:
        provider = available.providers.get(name)
        return () if provider is None else await self._questions(provider, available.credential_id(name))

    async def _questions(self, provider: Provider, credential: CredentialId) -> Sequence[str]:
        if not isinstance(provider, SuggestsQuestions):
            return ()
        known = self._known.get(credential) or _Known()
        self._known[credential] = known
        async with known.one_at_a_time:
            if self._clock() >= known.until:
                try:
                    async with asyncio.timeout(PATIENCE):
                        known.questions = await provider.suggestions()
                    known.until = self._clock() + KEPT_SECONDS
                except (ProviderError, TimeoutError):
                    known.until = self._clock() + RETRY_SECONDS
        return known.questions
