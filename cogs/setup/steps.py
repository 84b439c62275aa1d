"""The steps of `/setup` that change something: values are tried and saved, tried again, and removed."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import discord

from bot.conversation.server_settings import ServerSettings
from bot.diagnostics.credential_trial import try_credentials
from bot.discord.errors import DISCORD_FAILURES
from bot.discord.interactions import defer_if_slow, entered, replace_message
from bot.discord.locations import interaction_location
from bot.discord.setup.controls import view_of
from bot.discord.setup.open_cards import Card, OpenCards
from bot.discord.setup.pages import Page, Subject, end_page, failed_page, outcome_page, removal_page
from bot.domain.errors import AnswerError, DatabaseUnavailable
from bot.domain.secrets.credentials import CredentialStore, StoredCredentials
from bot.domain.secrets.forms import CredentialForm, CredentialForms, CredentialMistake
from bot.strings.admins.setup import cards as say
from bot.strings.errors import explain

Interaction = discord.Interaction[Any]


_SWAP_SECONDS = 5.0
"""How long a provider may take to say whether a secret and an id were swapped."""


@dataclass(frozen=True, slots=True)
class _Result:
    """What came of values that were entered: the page to show, and the ids to fill in if the form is opened again."""

    page: Page | None = None
    ids: Mapping[str, str] = field(default_factory=dict)
    is_saved: bool = False


class SetupSteps:
    """Takes the steps of the cards that are open, and puts into each card what it shows next."""

    def __init__(
        self,
        cards: OpenCards,
        settings: ServerSettings,
        store: CredentialStore,
        forms: CredentialForms,
    ) -> None:
        self._cards = cards
        self._settings = settings
        self._store = store
        self._forms = forms

    async def show(self, interaction: Interaction, card: Card, provider: str, page: Page) -> None:
        """Put a page about a provider, or about none, into the card whose control was used."""
        self._cards.note_shown(card, provider, interaction)
        await replace_message(interaction, page.text, page.view)

    async def take(self, interaction: Interaction, card: Card, subject: Subject, form: CredentialForm) -> bool:
        """Try what was entered, and save it unless the trial failed; return whether it is saved."""
        values = {each.name: entered(interaction, each.name) for each in form.fields}
        self._cards.begin_trial(card)
        result = _Result()
        try:
            # Acknowledged before anything else, and without the buttons meanwhile.
            await replace_message(interaction, say.trying(subject.label))
            result = await self._try_and_save(interaction, card, subject, form, values)
        finally:
            self._cards.end_trial(card, subject.provider, form.name, result.ids)
            interaction.data = None  # what was entered: the card keeps the interaction for as long as it is open
        if result.page is not None:
            await self.show(interaction, card, subject.provider, result.page)
        if result.is_saved:
            await self._tell_others(interaction, card, subject)
        return result.is_saved

    async def _try_and_save(
        self, interaction: Interaction, card: Card, subject: Subject, form: CredentialForm, values: Mapping[str, str]
    ) -> _Result:
        """Return how it went."""
        ids = form.ids_of(values)
        try:
            found = self._forms.read(subject.provider, form.name, values)
        except CredentialMistake as mistake:
            page = failed_page(subject, form, say.not_saved(say.mistake(subject.provider, form, mistake)))
            # What is no id may be a secret in the wrong field: it is not filled in again.
            return _Result(page, {name: value for name, value in ids.items() if name != mistake.field})
        trial = await try_credentials(found.provider)
        if trial.is_refused and await self._are_swapped(subject, form, values):
            return _Result(failed_page(subject, form, say.not_saved(say.swapped(subject.provider, form))))
        if not trial.is_well:
            return _Result(failed_page(subject, form, say.not_saved(trial.sentence)), ids)
        if not self._cards.is_open(card):
            return _Result(Page(say.forgotten_meanwhile(), view_of()))
        try:
            await self._store.save(card.server, subject.provider, found.fields, interaction.user.id)
        except DatabaseUnavailable as error:
            return _Result(failed_page(subject, form, say.not_saved(explain(error))), ids)
        page = await self._outcome(interaction, card, subject, say.saved(subject.label, trial.sentence))
        return _Result(page, is_saved=True)

    async def _are_swapped(self, subject: Subject, form: CredentialForm, values: Mapping[str, str]) -> bool:
        """Return whether the provider accepts the secret and the id if each is in the other's field."""
        swapped = form.swap(values)
        if swapped is None:
            return False
        try:
            found = self._forms.read(subject.provider, form.name, swapped)
        except CredentialMistake:
            return False
        return not (await try_credentials(found.provider, _SWAP_SECONDS)).is_refused

    async def _outcome(self, interaction: Interaction, card: Card, subject: Subject, text: str) -> Page:
        """Return the page after a change: what is in force now, and who answers in the channel."""
        try:
            stored = (await self._store.list(card.server)).get(subject.provider)
        except DatabaseUnavailable:
            return outcome_page(subject, text, may_choose=False)
        if stored is None or stored.saved_by != interaction.user.id:
            return self._changed_page(subject, stored)
        described = say.describe_stored(subject.label, subject.provider, stored)
        try:
            config = await self._settings.answer_config(interaction_location(interaction))
        except AnswerError:
            return outcome_page(subject, f"{text}\n{described}.", may_choose=True)
        is_chosen = config.provider.name == subject.provider
        answering = say.who_answers(config.provider.label, config.owner, is_chosen=is_chosen)
        return outcome_page(subject, f"{text}\n{described}.\n{answering}", may_choose=not is_chosen)

    async def try_stored(self, interaction: Interaction, card: Card, subject: Subject) -> None:
        """Try what is stored."""
        own = await defer_if_slow(interaction, self._store.list(card.server))
        stored = own.get(subject.provider)
        if stored is None:
            await self.show(interaction, card, subject.provider, end_page(subject, say.no_longer_set(subject.label)))
            return
        self._cards.begin_trial(card)
        try:
            await replace_message(interaction, say.trying(subject.label))
            trial = await try_credentials(self._settings.chatbots.brought.open(stored))
        finally:
            self._cards.end_trial(card)
        described = say.describe_stored(subject.label, subject.provider, stored)
        text = say.tried(trial.sentence, described, is_well=trial.is_well)
        await self.show(interaction, card, subject.provider, outcome_page(subject, text, may_choose=False))

    async def remove(self, interaction: Interaction, card: Card, subject: Subject, *, is_sure: bool) -> None:
        """Ask whether to remove what is stored, or remove it."""
        if is_sure:
            await defer_if_slow(interaction, self._store.remove(card.server, subject.provider))
            await self.show(interaction, card, subject.provider, end_page(subject, say.removed(subject.label)))
            await self._tell_others(interaction, card, subject)
            return
        own = await defer_if_slow(interaction, self._store.list(card.server))
        rest = {name: stored for name, stored in own.items() if name != subject.provider}
        left = self._settings.chatbots.available(card.server, rest).providers.values()
        await self.show(
            interaction, card, subject.provider, removal_page(subject, [provider.label for provider in left])
        )

    async def _tell_others(self, interaction: Interaction, card: Card, subject: Subject) -> None:
        """Have the other cards about the provider, which are older than a change, say what is in force now.

        So does the card itself if one of them changed it while its own change was being shown.
        """
        others = self._cards.others(card, subject.provider)
        if not others:
            return
        try:
            stored = (await self._store.list(card.server)).get(subject.provider)
        except DatabaseUnavailable:
            return
        for other in others:
            page = self._changed_page(replace(subject, token=other.token), stored)
            if other.shown is not None:
                with suppress(*DISCORD_FAILURES):  # it may be closed, or older than Discord lets it be changed
                    await replace_message(other.shown, page.text, page.view)
        if stored is not None and stored.saved_by != interaction.user.id:
            await self.show(interaction, card, subject.provider, self._changed_page(subject, stored))

    @staticmethod
    def _changed_page(subject: Subject, stored: StoredCredentials | None) -> Page:
        if stored is None:
            return end_page(subject, say.no_longer_set(subject.label))
        described = say.describe_stored(subject.label, subject.provider, stored)
        return outcome_page(subject, say.changed_meanwhile(described), may_choose=False)
