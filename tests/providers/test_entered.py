"""What admins enter in a form: cleaned, bounded, told which field is wrong, and never repeated."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.secrets.forms import MAX_SECRET_CHARS, CredentialMistake
from bot.providers import PROVIDERS
from bot.providers.base import ChatApi
from bot.providers.http import Http
from bot.providers.servers.entered import ProviderForms
from bot.providers.settings import ProviderSettings
from tests.providers.samples import ENVIRONMENTS

UUID = "12345678-1234-5678-1234-567812345678"
AGENCY = "https://ai.agency.example/en/chatbot/api/v1/message/"
NO_HTTP = cast("Http", None)


def forms_of(environment: Mapping[str, str] | None = None) -> ProviderForms:
    """Return the forms as they are for an operator who set this."""
    operators = {kind.name: kind.settings_type.from_environment(environment or {}) for kind in PROVIDERS}
    return ProviderForms(operators, NO_HTTP)


def settings_of(provider: object) -> ProviderSettings:
    """Return what a provider was opened with."""
    return cast("ProviderSettings", provider.__dict__["_settings"])


def mistake(provider: str, form: str = "login", **entered: str) -> tuple[str, str | None]:
    """Return which field is wrong, and why."""
    with pytest.raises(CredentialMistake) as refused:
        forms_of().read(provider, form, entered)
    assert not any(len(value) > 3 and value in str(refused.value) for value in entered.values())
    return refused.value.field, refused.value.problem


@pytest.mark.parametrize("kind", PROVIDERS, ids=lambda kind: kind.name)
def test_what_configures_a_provider_in_the_environment_does_so_in_its_form(kind: type[ChatApi[Any]]) -> None:
    prefix = kind.settings_type.env_prefix
    entered = {name.removeprefix(prefix).lower(): value for name, value in ENVIRONMENTS[kind.name].items()}
    found = forms_of().read(kind.name, "login", entered)
    assert found.fields == entered
    settings = settings_of(found.provider)
    assert settings.configured
    assert settings.secrets == kind.settings_type.from_environment(ENVIRONMENTS[kind.name]).secrets
    assert not any(value in repr(found) for value in entered.values())


def test_tamakos_other_login_is_a_form_of_its_own() -> None:
    found = forms_of().read("tamako", "newer", {"prvid": "p", "svcid": "s", "svcsecret": "x"})
    assert found.fields == {"prvid": "p", "svcid": "s", "svcsecret": "x"}
    assert mistake("tamako", "newer", prvid="p", svcid="s") == ("svcsecret", None)


@pytest.mark.parametrize(
    "pasted",
    ["  k-1\n", '"k-1"', "Bearer k-1", "\u200bk-1\ufeff", "CHATBASE_API_KEY=k-1", "“k-1”", "Authorization: Bearer k-1"],
)
def test_what_is_pasted_along_is_taken_off(pasted: str) -> None:
    assert forms_of().read("chatbase", "login", {"api_key": pasted, "chatbot_id": " bot-1 "}).fields == {
        "api_key": "k-1",
        "chatbot_id": "bot-1",
    }


@pytest.mark.parametrize(
    ("entered", "field", "problem"),
    [
        ({"api_token": "", "chatbot_uuid": UUID}, "api_token", None),
        ({"api_token": " \n", "chatbot_uuid": UUID}, "api_token", None),
        (
            {"api_token": UUID, "chatbot_uuid": "a-secret-token"},
            "chatbot_uuid",
            "has 14 characters, but must be a UUID",
        ),
        ({"api_token": "a b", "chatbot_uuid": UUID}, "api_token", "has a space at place 2 of 3"),
        ({"api_token": "a\nb", "chatbot_uuid": UUID}, "api_token", "has a character at place 2 of 3"),
        ({"api_token": "kéy", "chatbot_uuid": UUID}, "api_token", "has the character U+00E9 at place 2 of 3"),
        ({"api_token": "\ud800", "chatbot_uuid": UUID}, "api_token", "has a character at place 1 of 1"),
        ({"api_token": "'tok", "chatbot_uuid": UUID}, "api_token", "has a quote at one end"),
        (
            {"api_token": "x" * 9_000_000, "chatbot_uuid": UUID},
            "api_token",
            "has 9,000,000 characters, but at most 1,000",
        ),
        ({"api_token": "tok", "chatbot_uuid": "x" * 101}, "chatbot_uuid", "has 101 characters, but at most 100 fit"),
    ],
)
def test_the_field_that_is_wrong_is_named(entered: dict[str, str], field: str, problem: str | None) -> None:
    named, why = mistake("stammer", **entered)
    assert named == field
    assert (why is None) == (problem is None)
    assert (why or "").startswith(problem or "")


def test_chatbot_needs_one_of_its_tokens() -> None:
    assert mistake("chatbot", story_id="a" * 24) == ("client_token", None)
    field, why = mistake("chatbot", client_token="t", story_id="the-token")
    assert field == "story_id"
    assert why
    for token in ("client_token", "developer_token"):
        assert forms_of().read("chatbot", "login", {token: "t"}).fields == {token: "t"}


def test_the_operators_addresses_can_be_chosen_and_nothing_else() -> None:
    offered = forms_of({"STAMMER_API_URLS": AGENCY})
    entered = {"api_token": "t", "chatbot_uuid": UUID}
    assert [field.name for field in offered.forms("stammer")[0].fields] == ["api_token", "chatbot_uuid", "api_url"]
    assert offered.addresses("stammer")[1:] == (AGENCY,)
    chosen = offered.read("stammer", "login", entered | {"api_url": "1"})
    assert chosen.fields["api_url"] == settings_of(chosen.provider).api_url == AGENCY
    for number in ("0", "2", "-1", "²", "https://evil.example/", ""):
        found = offered.read("stammer", "login", entered | {"api_url": number})
        assert "api_url" not in found.fields
        assert settings_of(found.provider).api_url == offered.addresses("stammer")[0]
    without = forms_of()
    assert [field.name for field in without.forms("stammer")[0].fields] == ["api_token", "chatbot_uuid"]
    assert without.read("stammer", "login", entered | {"api_url": "1"}).fields == entered


def test_the_operators_address_counts_and_the_operators_credentials_do_not() -> None:
    own = "https://chat.host.example/api"
    for kind in PROVIDERS:
        prefix = kind.settings_type.env_prefix
        entered = {name.removeprefix(prefix).lower(): value for name, value in ENVIRONMENTS[kind.name].items()}
        operators = {name: "f" * 24 if "STORY" in name else UUID for name in ENVIRONMENTS[kind.name]}
        offered = forms_of(operators | {f"{prefix}API_URL": own})
        settings = settings_of(offered.read(kind.name, "login", entered).provider)
        assert settings.api_url == own
        assert UUID not in settings.secrets


@given(st.dictionaries(st.sampled_from(["api_token", "chatbot_uuid", "api_url", "x"]), st.text(max_size=1100)))
def test_whatever_is_entered_is_read_or_refused(entered: dict[str, str]) -> None:
    with suppress(CredentialMistake):
        found = forms_of().read("stammer", "login", entered)
        assert len(found.fields["api_token"]) <= MAX_SECRET_CHARS
