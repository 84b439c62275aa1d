"""What people can ask of the bot about themselves: what it stores, an export of it, and to erase it."""

import time
from collections.abc import AsyncGenerator, Callable, Mapping

from bot.conversation.server_settings import ServerSettings
from bot.domain.personal_data import Account, Erased, PersonalDataStore, Tally
from bot.domain.settings.server_settings import expiry
from bot.privacy.export import export_user_data


class PrivacyService:
    """Shows, exports and erases what is stored about a person. Every method raises `DatabaseUnavailable`.

    `remembering` are the labels of all providers that keep the conversation themselves, by name, whether they are set
    up or not: one that has no credentials now may have been asked before.
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
        """Return what is stored about a person: in `server`, or in direct messages if that is None, and everywhere."""
        chatbots = self._server_settings.chatbots
        keys = await self._personal_data.keys(person, self._remembering)
        shown_keys = {
            self._remembering.get(provider, provider): keys[provider]
            for provider in dict.fromkeys([*self._remembering, *keys])
            if provider in chatbots.labels or keys[provider] != str(person)
        }
        days = await self._server_settings.retention(server)
        keepers = tuple(chatbots.remembering("conversations").values())
        holdings = await self._personal_data.holdings(person, server)
        is_counted = bool(await self._personal_data.counts(person))
        has_saved = bool(await self._personal_data.saved_credentials(person))
        opted_out = self._server_settings.opted_out(person)
        return Account(holdings, days, shown_keys, keepers, opted_out, is_counted, has_saved)

    async def older_than(self, server: int, days: int) -> Tally:
        """Return how much is stored of a server for more than so many days."""
        return await self._personal_data.older_than(server, expiry(self._clock(), days))

    async def export(self, person: int) -> AsyncGenerator[bytes]:
        """Return a generator of all that is stored about a person, as one JSON file after another."""
        keys = await self._personal_data.keys(person, self._remembering)
        opted_out = self._server_settings.opted_out(person)
        return export_user_data(self._personal_data, person, keys, self._clock(), opted_out=opted_out)

    async def opt_out(self, person: int, *, out: bool) -> None:
        """Set whether a person's messages are not to be read, until they say otherwise.

        If it fails, part may be done; call it again for the rest.
        """
        await self._server_settings.save_opt_out(person, out=out)
        if out:
            # A question sees only the latest turns, and so leaves only conversations that hold later ones by itself.
            await self._personal_data.withdraw(person)

    async def erase(self, person: int) -> Erased:
        """Erase all that is stored about a person, but not that they opted out.

        If it fails, part may be done; call it again for the rest.
        """
        return await self._personal_data.erase_person(person, self._remembering)
