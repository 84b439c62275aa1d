"""The command `/setup`: leads a server's admins to a chatbot of their own, in a private card with forms."""

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.conversation.server_settings import ServerSettings
from bot.discord.client import Switchboard
from bot.discord.command_checks import manages_server, needs_manage_server
from bot.discord.custom_ids import SETUP_FORM_ID, SETUP_ID
from bot.discord.interactions import (
    Refused,
    acknowledge,
    chosen_values,
    defer_if_slow,
    entered,
    explained,
    pressed,
    pressed_label,
    respond,
    submitted_form,
)
from bot.discord.setting_changes import save_setting
from bot.discord.setup.modals import QUESTION, credentials_modal, question_modal
from bot.discord.setup.open_cards import Card, OpenCards
from bot.discord.setup.pages import (
    Page,
    Subject,
    list_page,
    outcome_page,
    provider_page,
)
from bot.domain.secrets.credentials import CredentialStore, StoredCredentials
from bot.domain.secrets.forms import CredentialForm, CredentialForms
from bot.services import Services
from bot.strings.admins.setup import cards as say
from bot.strings.admins.setup.buttons import TRY_AGAIN
from bot.strings.commands import MANAGE_SERVER, needs_permission, provider_changed
from cogs.setup.steps import SetupSteps

Interaction = discord.Interaction[Any]
Working = Callable[[], AbstractContextManager[None]]
"""Has the end of the process wait for what is done in its block."""


class Setup(commands.Cog):
    """`/setup`, and everything that its card leads to: for people with Manage Server, each on their own card."""

    def __init__(
        self,
        bot: Switchboard,
        settings: ServerSettings,
        store: CredentialStore,
        forms: CredentialForms,
        working: Working,
    ) -> None:
        self._bot = bot
        self._settings = settings
        self._store = store
        self._forms = forms
        self._cards = OpenCards()
        self._steps = SetupSteps(self._cards, settings, store, forms)
        self._working = working

    @app_commands.command(name="setup")
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.default_permissions(manage_guild=True)
    @needs_manage_server(say.needs_server())
    async def setup(self, interaction: Interaction) -> None:
        """Give this server a chatbot of its own, in a few steps that only you see."""
        if not self._settings.chatbots.can_bring:
            raise Refused(say.no_key())
        if self._bot.get_guild(interaction.guild_id or 0) is None:
            raise Refused(say.not_a_member())  # Discord would not tell when to erase it all
        own = await defer_if_slow(interaction, self._store.list(interaction.guild_id or 0))
        card = self._cards.open(interaction.user.id, interaction.guild_id or 0, interaction.id)
        page = self._list(card, own)
        await respond(interaction, page.text, view=page.view)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Forget the cards of a server that the bot was removed from."""
        self._cards.forget(lambda card: card.server == guild.id)

    @commands.Cog.listener()
    async def on_forget(self, person: int) -> None:
        """Forget the cards of a person; `/privacy forget` sends this event."""
        self._cards.forget(lambda card: card.person == person)

    @commands.Cog.listener()
    @explained
    async def on_interaction(self, interaction: Interaction) -> None:
        """Do what a control of a card is for, or what was sent with one of its forms."""
        form = SETUP_FORM_ID.fullmatch(submitted_form(interaction))
        control = form or pressed(interaction, SETUP_ID)
        if control is None:
            return
        if not manages_server(interaction):
            raise Refused(needs_permission(MANAGE_SERVER))
        if self._bot.get_guild(interaction.guild_id or 0) is None:
            raise Refused(say.not_a_member())
        card = self._cards.find(control["card"], interaction.user.id, interaction.guild_id)
        if control["action"] == "asked":
            await self._bot.questions.ask_entered(
                interaction, entered(interaction, QUESTION), provider=control["provider"], private=True
            )
        elif self._bot.seen.first_time(interaction.id):
            with self._working():  # what is being tried ends before the process does
                await self._act(interaction, card, control)

    async def _act(self, interaction: Interaction, card: Card, control: re.Match[str]) -> None:
        if control["action"] == "list":
            await self._show_list(interaction, card)
            return
        is_choice = control["action"] == "choose"
        subject = self._subject(card, next(iter(chosen_values(interaction)), "") if is_choice else control["provider"])
        match control["action"]:
            case "choose" | "show":
                page = provider_page(subject, await self._stored(interaction, card, subject))
                await self._steps.show(interaction, card, subject.provider, page)
            case "enter":
                form = _form_of(subject, control["form"])
                ids = card.ids.get((subject.provider, form.name))
                addresses = self._forms.addresses(subject.provider)
                is_lost = ids is None and pressed_label(interaction) == TRY_AGAIN  # it was entered at another process
                note = say.entered_before_restart() if is_lost else None
                modal = credentials_modal(card.token, subject.provider, subject.label, form, ids or {}, addresses, note)
                await acknowledge(interaction, interaction.response.send_modal(modal))
            case "entered":
                if await self._steps.take(interaction, card, subject, _form_of(subject, control["form"])):
                    self._bot.dispatch("server_set_up", card.server)  # the welcome says who answers now
            case "test":
                modal = question_modal(card.token, subject.provider)
                await acknowledge(interaction, interaction.response.send_modal(modal))
            case "answer":
                await save_setting(interaction, self._settings, "provider", subject.provider)
                page = outcome_page(subject, provider_changed(subject.label, None), may_choose=False)
                await self._steps.show(interaction, card, subject.provider, page)
            case "try":
                await self._steps.try_stored(interaction, card, subject)
            case _:
                await self._steps.remove(interaction, card, subject, is_sure=control["action"] == "removed")

    def _subject(self, card: Card, provider: str) -> Subject:
        """Return what a control is about; raises `Refused` for a provider that there is not."""
        kind = self._settings.chatbots.brought.kinds.get(provider)
        if kind is None:
            raise Refused(say.card_forgotten())
        return Subject(card.token, kind.name, kind.label, self._forms.forms(kind.name))

    def _list(self, card: Card, own: Mapping[str, StoredCredentials]) -> Page:
        chatbots = self._settings.chatbots
        shared = [provider.label for provider in chatbots.hosts.values()]
        return list_page(card.token, chatbots.labels, own, shared, is_shared=chatbots.is_shared)

    async def _show_list(self, interaction: Interaction, card: Card) -> None:
        own = await defer_if_slow(interaction, self._store.list(card.server))
        await self._steps.show(interaction, card, "", self._list(card, own))

    async def _stored(self, interaction: Interaction, card: Card, subject: Subject) -> StoredCredentials | None:
        """Return what the server has for a provider, None if nothing; raises `DatabaseUnavailable`."""
        return (await defer_if_slow(interaction, self._store.list(card.server))).get(subject.provider)


def _form_of(subject: Subject, name: str) -> CredentialForm:
    """Return the provider's form with this name; raises `Refused` if it has none."""
    form = next((form for form in subject.forms if form.name == name), None)
    if form is None:
        raise Refused(say.card_forgotten())
    return form


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""

    def working() -> AbstractContextManager[None]:
        return services.answering.active_runs.working()

    await bot.add_cog(Setup(bot, services.settings, services.credentials, services.credential_forms, working))
