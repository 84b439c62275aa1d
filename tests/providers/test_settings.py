"""Provider settings: the contract's variables, their forms, and that no message repeats a value."""

import pytest
from pydantic import ValidationError

from bot.providers import PROVIDERS
from bot.providers.chatbase import ChatbaseSettings
from bot.providers.chatbot import ChatBotSettings
from bot.providers.settings import check_address
from bot.providers.stammer import StammerSettings
from bot.providers.tamako import TamakoSettings
from tests.providers.samples import read_settings


def test_nothing_is_configured_by_an_empty_environment() -> None:
    settings = read_settings({"CHATBASE_API_KEY": "", "CHATBASE_CHATBOT_ID": "  ", "CHATBASE_STREAM": ""})
    assert [name for name, each in settings.items() if each.configured] == []
    chatbase = settings["chatbase"]
    assert isinstance(chatbase, ChatbaseSettings)
    assert (chatbase.stream, chatbase.model, chatbase.temperature) == (True, None, None)


@pytest.mark.parametrize(
    ("settings", "configured"),
    [
        (
            TamakoSettings.from_environment({"TAMAKO_USERNAME": "u", "TAMAKO_APP_ID": "i", "TAMAKO_APP_SECRET": "s"}),
            True,
        ),
        (TamakoSettings.from_environment({"TAMAKO_USERNAME": "u", "TAMAKO_APP_SECRET": "s"}), False),
        (ChatbaseSettings.from_environment({"CHATBASE_API_KEY": "k", "CHATBASE_CHATBOT_ID": "c"}), True),
        (ChatbaseSettings.from_environment({"CHATBASE_API_KEY": "k"}), False),
        (StammerSettings.from_environment({"STAMMER_API_TOKEN": "t"}), False),
        (ChatBotSettings.from_environment({"CHATBOT_CLIENT_TOKEN": "t"}), True),
        (ChatBotSettings.from_environment({"CHATBOT_DEVELOPER_TOKEN": "t"}), True),
        (ChatBotSettings.from_environment({"CHATBOT_STORY_ID": "5f1a2b3c4d5e6f7081920a0b"}), False),
    ],
)
def test_configured_is_what_the_contract_says(settings: TamakoSettings, configured: bool) -> None:
    assert settings.configured is configured


@pytest.mark.parametrize(
    "variables",
    [
        {"CHATBASE_API_URL": "http://chatbase.example/s3cret"},
        {"CHATBASE_TEMPERATURE": "1.01-s3cret"},
        {"CHATBASE_TEMPERATURE": "1.5"},
        {"CHATBASE_TEMPERATURE": "nan"},
        {"CHATBASE_STREAM": "s3cret"},
        {"CHATBASE_API_KEY": "s3cret with a space"},
        {"CHATBASE_API_KEY": "s3cret\r\nX-Injected: 1"},
        {"CHATBASE_API_KEY": "s3crét"},
        {"STAMMER_CHATBOT_UUID": "s3cret"},
        {"CHATBOT_STORY_ID": "s3cret"},
        {"TAMAKO_API_URL": "https://user:s3cret@tamako.example/"},
    ],
)
def test_a_malformed_value_is_named_by_its_variable_and_not_repeated(variables: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as caught:
        read_settings(variables)
    (variable,) = variables
    every = [kind.settings_type for kind in PROVIDERS]
    kind = max((kind for kind in every if variable.startswith(kind.env_prefix)), key=lambda kind: len(kind.env_prefix))
    assert kind.variable(str(caught.value.errors(include_input=False)[0]["loc"][0])) == variable
    assert "s3cret" not in f"{caught.value} {caught.value!r}"
    assert "s3cr" not in f"{caught.value} {caught.value!r}"


def test_secrets_do_not_show_and_are_listed_for_redaction() -> None:
    settings = TamakoSettings.from_environment(
        {"TAMAKO_USERNAME": " me ", "TAMAKO_APP_ID": "4711", "TAMAKO_APP_SECRET": "s3cret"}
    )
    assert settings.secrets == ("me", "4711", "s3cret")
    assert "s3cret" not in f"{settings!r} {settings}"


@pytest.mark.parametrize(
    "address",
    [
        "https://api.example/v1?x=1",
        "https://api.example:8443",
        "http://127.0.0.1:8080/api",
        "http://127.9.9.9",
        "http://localhost:1",
        "http://[::1]:8080/",
    ],
)
def test_takes_safe_addresses(address: str) -> None:
    assert check_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "http://api.example",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "http://127.0.0.1@api.example",
        "http://127.0.0.1\\.api.example",
        "http://2130706433",
        "http://[::ffff:127.0.0.1]",
        "http://[::2]",
        "https://user@api.example",
        "https://user:password@api.example",
        "https://api.example/#part",
        "https://api.example/#",
        "https://api.example:99999",
        "https://api.example:x",
        "https://",
        "https:api.example",
        "https://a b",
        "https://api.example/\n",
        "https://[::1",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "api.example",
        "",
    ],
)
def test_refuses_any_other_address_without_repeating_it(address: str) -> None:
    with pytest.raises(ValueError, match="must be an https address") as caught:
        check_address(address)
    assert "example" not in str(caught.value)


def test_knows_other_schemes_for_others() -> None:
    assert check_address("ws://127.0.0.1:1/", secure="wss", plain="ws")
    with pytest.raises(ValueError, match="wss"):
        check_address("ws://gateway.example/", secure="wss", plain="ws")
