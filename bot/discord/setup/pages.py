"""What a card of `/setup` shows at each step: its text and its controls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import discord

from bot.discord.setup.controls import back, button, enter_buttons, provider_menu, view_of
from bot.domain.secrets.credentials import StoredCredentials
from bot.domain.secrets.forms import CredentialForm
from bot.strings.admins.setup import buttons, cards


@dataclass(frozen=True, slots=True)
class Page:
    """A text, and the controls below it."""

    text: str
    view: discord.ui.View


@dataclass(frozen=True, slots=True)
class Subject:
    """What a page is about: a provider with its label and forms, on the card with this token."""

    token: str
    provider: str
    label: str
    forms: Sequence[CredentialForm]


def list_page(
    token: str,
    labels: Mapping[str, str],
    own: Mapping[str, StoredCredentials],
    shared: Sequence[str],
    *,
    is_shared: bool,
) -> Page:
    """Return the first page: what is set, and the menu of all providers."""
    text = cards.describe_list(own, labels, shared, is_shared=is_shared)
    return Page(text, provider_menu(token, labels, own))


def provider_page(subject: Subject, stored: StoredCredentials | None) -> Page:
    """Return the page of one provider: what is set, or what is to be entered."""
    if stored is None:
        text = cards.ask_for_values(subject.label, subject.provider, subject.forms)
        return Page(text, view_of(*_enter(subject, buttons.ENTER), back(subject.token, subject.provider)))
    return Page(cards.show_stored(subject.label, subject.provider, stored), _controls(subject))


def failed_page(subject: Subject, form: CredentialForm, text: str) -> Page:
    """Return the page after values that were not saved."""
    again = button(buttons.TRY_AGAIN, "enter", subject.token, subject.provider, form.name, is_first=True)
    return Page(text, view_of(again, back(subject.token, subject.provider)))


def outcome_page(subject: Subject, text: str, *, may_choose: bool) -> Page:
    """Return the page of a provider that is set up; `may_choose` offers to have it answer in the server."""
    return Page(text, _controls(subject, may_choose=may_choose))


def removal_page(subject: Subject, others: Sequence[str]) -> Page:
    """Return the page that asks whether to remove what is stored."""
    remove = button(buttons.REMOVE, "removed", subject.token, subject.provider, warns=True)
    keep = button(buttons.KEEP, "show", subject.token, subject.provider)
    return Page(cards.ask_to_remove(subject.label, others), view_of(remove, keep))


def end_page(subject: Subject, text: str) -> Page:
    """Return a page that only leads back."""
    return Page(text, view_of(back(subject.token, subject.provider)))


def _controls(subject: Subject, *, may_choose: bool = False) -> discord.ui.View:
    token, provider = subject.token, subject.provider
    choose = [button(buttons.LET_ANSWER, "answer", token, provider)] if may_choose else []
    return view_of(
        button(buttons.TEST, "test", token, provider, is_first=True),
        *choose,
        button(buttons.TRY_AGAIN, "try", token, provider),
        *_enter(subject, buttons.CHANGE, is_first=False),
        button(buttons.REMOVE, "remove", token, provider),
        back(token, provider),
    )


def _enter(subject: Subject, label: str, *, is_first: bool = True) -> list[discord.ui.Button[discord.ui.View]]:
    return enter_buttons(subject.token, subject.provider, subject.forms, label, is_first=is_first)
