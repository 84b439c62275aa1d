"""What people may ask of the bot about themselves: what it keeps, all of it as files, and to forget it."""

import time
from collections.abc import AsyncGenerator, Callable, Mapping

from bot.conversation.server_settings import ServerSettings
from bot.domain.personal_data import Account, Erased
from bot.domain.stores import PersonalDataStore
from bot.privacy.export import export_user_data


class PrivacyService:
    """Answers for what is kept. Every method raises `MemoryUnavailable`.

    `remembering` are the labels of all providers that remember people, by name, whether they are set up or not: one
    that has no credentials today may have been asked before, and have them again tomorrow.
    """

    def __init__(
        self,
        personal_data: PersonalDataStore,
        server_settings: ServerSettings,
        remembering: Mapping[str, str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._personal_data = personal_data
        self._server_settings = server_settings
        self._remembering = remembering
        self._clock = clock

    async def account(self, person: int, server: int | None) -> Account:
        """Return what is kept of a person, in `server` or in direct messages, and everywhere."""
        keys = await self._personal_data.keys(person, self._remembering)
        told = {
            self._remembering.get(provider, provider): keys[provider]
            for provider in dict.fromkeys([*self._remembering, *keys])
            if provider in self._server_settings.providers or keys[provider] != str(person)
        }
        days = await self._server_settings.retention(server)
        return Account(await self._personal_data.holdings(person, server), days, told)

    async def export(self, person: int) -> AsyncGenerator[bytes]:
        """Return what yields all that is kept of a person, as one JSON file after another."""
        keys = await self._personal_data.keys(person, self._remembering)
        return export_user_data(self._personal_data, person, keys, self._clock())

    async def forget(self, person: int) -> Erased:
        """Erase all that is kept of a person. Where it fails, a part may be done; doing it again does the rest."""
        return await self._personal_data.forget(person, self._remembering)
