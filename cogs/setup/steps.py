"""The steps of `/setup` that change something: values are tried and saved, tried again, and removed."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import discord

from bot.conversation.server_settings import ServerSettings
from bot.diagnostics.credential_trial import try_credentials
from bot.discord.errors import DISCORD_FAILURES
from bot.discord.interactions import defer_if_slow, entered, replace_message
from bot.discord.locations import interaction_location
from bot.discord.setup.open_cards import Card, OpenCards
from bot.discord.setup.pages import Page, Subject, end_page, failed_page, outcome_page, removal_page
from bot.domain.errors import AnswerError, DatabaseUnavailable
from bot.domain.secrets.credentials import CredentialStore, StoredCredentials
from bot.domain.secrets.forms import CredentialForm, CredentialForms, CredentialMistake
from bot.strings.admins.setup import cards as say
from bot.strings.errors import explain

Interaction = discord.Interaction[Any]


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

    async def take(self, interaction: Interaction, card: Card, subject: Subject, form: CredentialForm) -> None:
        """Try what was entered, and save it unless the trial failed."""
        values = {field.name: entered(interaction, field.name) for field in form.fields}
        self._cards.begin_trial(card, subject.provider, form.name, form.ids_of(values))
        is_saved = False
        try:
            # Acknowledged before anything else, and without the buttons meanwhile.
            await replace_message(interaction, say.trying(subject.label))
            page, is_saved = await self._try_and_save(interaction, card, subject, form, values)
        finally:
            self._cards.end_trial(card, subject.provider, form.name, is_saved=is_saved)
        await self.show(interaction, card, subject.provider, page)
        if is_saved:
            await self._tell_others(card, subject)

    async def _try_and_save(
        self, interaction: Interaction, card: Card, subject: Subject, form: CredentialForm, values: Mapping[str, str]
    ) -> tuple[Page, bool]:
        """Return the page that tells how it went, and whether the values were saved."""
        try:
            found = self._forms.read(subject.provider, form.name, values)
        except CredentialMistake as mistake:
            return failed_page(subject, form, say.not_saved(say.mistake(subject.provider, mistake))), False
        trial = await try_credentials(found.provider)
        if not trial.is_well:
            return failed_page(subject, form, say.not_saved(trial.sentence)), False
        try:
            await self._store.save(card.server, subject.provider, found.fields, interaction.user.id)
        except DatabaseUnavailable as error:
            return failed_page(subject, form, say.not_saved(explain(error))), False
        return await self._outcome(interaction, card, subject, say.saved(subject.label, trial.sentence)), True

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
        self._cards.begin_trial(card, subject.provider, "", {})
        try:
            await replace_message(interaction, say.trying(subject.label))
            trial = await try_credentials(self._settings.chatbots.brought.open(stored))
        finally:
            self._cards.end_trial(card, subject.provider, "", is_saved=True)
        described = say.describe_stored(subject.label, subject.provider, stored)
        text = say.tried(trial.sentence, described, is_well=trial.is_well)
        await self.show(interaction, card, subject.provider, outcome_page(subject, text, may_choose=False))

    async def remove(self, interaction: Interaction, card: Card, subject: Subject, *, is_sure: bool) -> None:
        """Ask whether to remove what is stored, or remove it."""
        if is_sure:
            await defer_if_slow(interaction, self._store.remove(card.server, subject.provider))
            await self.show(interaction, card, subject.provider, end_page(subject, say.removed(subject.label)))
            await self._tell_others(card, subject)
            return
        own = await defer_if_slow(interaction, self._store.list(card.server))
        rest = {name: stored for name, stored in own.items() if name != subject.provider}
        left = self._settings.chatbots.available(card.server, rest).providers.values()
        await self.show(
            interaction, card, subject.provider, removal_page(subject, [provider.label for provider in left])
        )

    async def _tell_others(self, card: Card, subject: Subject) -> None:
        """Have the other cards about the provider, which are older than a change, say what is in force now."""
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

    @staticmethod
    def _changed_page(subject: Subject, stored: StoredCredentials | None) -> Page:
        if stored is None:
            return end_page(subject, say.no_longer_set(subject.label))
        described = say.describe_stored(subject.label, subject.provider, stored)
        return outcome_page(subject, say.changed_meanwhile(described), may_choose=False)
