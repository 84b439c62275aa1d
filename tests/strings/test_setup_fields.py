"""The forms of `/setup` come from the providers: each field has a label and a place, and fits what Discord takes."""

from typing import Any

import pytest

from bot.domain.secrets.forms import (
    MAX_FORM_FIELDS,
    MAX_ID_CHARS,
    CredentialForm,
    CredentialMistake,
    identifier,
    secret,
)
from bot.providers import PROVIDERS
from bot.providers.base import ChatApi
from bot.strings.admins.setup.cards import mistake
from bot.strings.admins.setup.fields import TEXTS, field_text, label_of

FORMS = [
    pytest.param(kind, form, id=f"{kind.name} {form.name}")
    for kind in PROVIDERS
    for form in kind.settings_type.credential_forms
]


@pytest.mark.parametrize(("kind", "form"), FORMS)
def test_each_field_is_one_of_the_settings_and_says_where_its_value_is(
    kind: type[ChatApi[Any]], form: CredentialForm
) -> None:
    assert 1 <= len(form.fields) <= MAX_FORM_FIELDS
    for field in form.fields:
        assert field.name in kind.settings_type.model_fields
        text = field_text(kind.name, field.name)
        assert 1 <= len(text.label) <= 45
        assert 1 <= len(text.where) <= 100


@pytest.mark.parametrize("kind", PROVIDERS, ids=lambda kind: kind.name)
def test_every_provider_can_be_set_up_and_is_described(kind: type[ChatApi[Any]]) -> None:
    text = TEXTS[kind.name]
    names = {form.name for form in kind.settings_type.credential_forms}
    assert 1 <= len(text.about) <= 100
    assert len(names) == len(kind.settings_type.credential_forms)
    assert len(names) == 1 or set(text.logins) == names
    entered = {field.name for form in kind.settings_type.credential_forms for field in form.fields}
    assert set(text.fields) == entered, "a text for each field, and none for another"
    assert entered >= set(kind.settings_type.required)
    assert any(field.is_secret for form in kind.settings_type.credential_forms for field in form.fields)


def test_there_is_no_text_for_a_provider_that_is_none() -> None:
    assert set(TEXTS) == {kind.name for kind in PROVIDERS}


def test_a_field_of_another_version_has_a_name_too() -> None:
    assert label_of("chatbase", "api_key") == "API key"
    assert label_of("chatbase", "gone_since") == "gone since"
    assert label_of("nobody", "api_key") == "api key"


def test_secrets_are_never_among_what_is_shown_again() -> None:
    form = CredentialForm((secret("key"), identifier("bot"), secret("token", is_required=False)))
    entered = {"key": "s3cret", "bot": "bot-1" * 100, "token": "s3cret", "other": "s3cret"}
    assert form.ids_of(entered) == {"bot": ("bot-1" * 100)[:MAX_ID_CHARS]}
    assert {field.max_chars for field in form.fields if not field.is_secret} == {MAX_ID_CHARS}


def test_what_is_missing_is_named_and_so_is_what_will_do_instead() -> None:
    forms = {kind.name: kind.settings_type.credential_forms[0] for kind in PROVIDERS}
    told = mistake("chatbot", forms["chatbot"], CredentialMistake("client_token"))
    assert told == "Please fill in **Client access token** or **Developer access token**."
    told = mistake("chatbase", forms["chatbase"], CredentialMistake("api_key"))
    assert told == "**API key** is empty. Please fill it in."
    told = mistake("chatbot", forms["chatbot"], CredentialMistake("client_token", "has a line break in it"))
    assert told == "**Client access token** has a line break in it."
