"""The forms and pages of `/setup`: within Discord's limits for each provider, and without a secret anywhere."""

from typing import Any

import discord
import pytest

from bot.discord.custom_ids import SETUP_FORM_ID, SETUP_ID
from bot.discord.setup.modals import MAX_CHOICES, credentials_modal, question_modal
from bot.discord.setup.open_cards import OpenCards
from bot.discord.setup.pages import (
    Page,
    Subject,
    end_page,
    failed_page,
    list_page,
    outcome_page,
    provider_page,
    removal_page,
)
from bot.domain.secrets.credentials import StoredCredentials
from bot.domain.secrets.forms import CredentialForm
from bot.providers import PROVIDERS
from sandbox.discord.validators.modals import check_modal

TOKEN = OpenCards(lambda: 0.0).open(1, 7).token
LABELS = {kind.name: kind.label for kind in PROVIDERS}
FORMS = [
    pytest.param(kind.name, form, id=f"{kind.name} {form.name}")
    for kind in PROVIDERS
    for form in kind.settings_type.credential_forms
]
SUBJECTS = [Subject(TOKEN, kind.name, kind.label, kind.settings_type.credential_forms) for kind in PROVIDERS]
HOSTS = ["https://app.stammer.ai/en/chatbot/api/v1/message/", "https://ai.agency.example/en/chatbot/api/v1/message/"]


def inputs(modal: discord.ui.Modal) -> dict[str, dict[str, Any]]:
    """Return the fields of a form as they are sent to Discord, by custom id."""
    sent = check_modal(modal.to_dict())
    return {top["component"]["custom_id"]: top["component"] for top in sent["components"]}


@pytest.mark.parametrize(("provider", "form"), FORMS)
def test_a_form_fits_discord_and_fills_in_ids_alone(provider: str, form: CredentialForm) -> None:
    values = {field.name: "1" if field.is_address else f"what was entered for {field.name}" for field in form.fields}
    for ids in ({}, values):
        modal = credentials_modal(TOKEN, provider, LABELS[provider], form, ids, HOSTS)
        assert SETUP_FORM_ID.fullmatch(modal.custom_id)
        for field in form.fields:
            sent = inputs(modal)[field.name]
            if field.is_address:
                assert [option["label"] for option in sent["options"]] == ["app.stammer.ai", "ai.agency.example"]
                assert [option["default"] for option in sent["options"]] == [not ids, bool(ids)]
            else:
                assert sent["max_length"] == field.max_chars
                assert sent["required"] == field.is_required
                assert sent.get("value") == (None if field.is_secret else ids.get(field.name))


def test_addresses_on_one_host_are_told_apart_and_there_are_no_more_than_fit() -> None:
    form = next(each for kind in PROVIDERS for each in kind.settings_type.credential_forms if kind.name == "stammer")
    many = [f"https://agency.example/{number}/" for number in range(40)]
    options = inputs(credentials_modal(TOKEN, "stammer", "Stammer.ai", form, {}, many))["api_url"]["options"]
    assert [option["label"] for option in options] == [f"agency.example/{number}/" for number in range(MAX_CHOICES)]


def test_the_form_for_a_test_question_needs_no_more_than_a_press() -> None:
    modal = question_modal(TOKEN, "chatbase-v2")
    assert SETUP_FORM_ID.fullmatch(modal.custom_id)
    assert inputs(modal)["question"]["value"] == "What can you help me with?"


def stored_for(subject: Subject) -> StoredCredentials:
    """Return credentials with every field of a provider."""
    fields = {field.name: "s3cret-value" for form in subject.forms for field in form.fields}
    return StoredCredentials(7, subject.provider, fields, 1_764_000_000, 5)


def pages_of(subject: Subject) -> list[Page]:
    """Return each page that there is about a provider."""
    stored = stored_for(subject)
    return [
        list_page(TOKEN, LABELS, {}, [], is_shared=True),
        list_page(TOKEN, LABELS, dict.fromkeys(LABELS, stored), list(LABELS.values()), is_shared=True),
        provider_page(subject, None),
        provider_page(subject, stored),
        *(failed_page(subject, form, "It failed.") for form in subject.forms),
        outcome_page(subject, "All is well.", may_choose=True),
        removal_page(subject, ["Tamako"]),
        end_page(subject, "It is over."),
    ]


@pytest.mark.parametrize("subject", SUBJECTS, ids=[subject.provider for subject in SUBJECTS])
async def test_pages_fit_discord_and_hold_no_value(subject: Subject) -> None:
    for page in pages_of(subject):
        assert len(page.text) <= 2000
        assert "s3cret" not in page.text
        assert 1 <= len(page.view.children) <= 25
        for item in page.view.children:
            assert isinstance(item, discord.ui.Button | discord.ui.Select)
            assert SETUP_ID.fullmatch(item.custom_id or "")
            assert len(item.custom_id or "") <= 100
        assert "s3cret" not in str(page.view.to_components())


async def test_what_is_set_is_told_by_name_age_and_admin() -> None:
    subject = next(each for each in SUBJECTS if each.provider == "chatbase")
    told = provider_page(subject, stored_for(subject)).text
    assert "**Chatbase**: API key and Chatbot ID, set <t:1764000000:R> by <@5>" in told


async def test_what_the_hosts_credentials_do_is_told() -> None:
    def told(shared: list[str], *, is_shared: bool) -> str:
        return list_page(TOKEN, LABELS, {}, shared, is_shared=is_shared).text.splitlines()[-1]

    assert told(["Tamako", "Chatbase"], is_shared=True) == "The bot's host lets this server use Tamako and Chatbase."
    assert told(["Tamako"], is_shared=False).endswith("doesn't share them with servers.")
    assert told([], is_shared=True) == "The bot's host hasn't set up a chatbot for all servers."
