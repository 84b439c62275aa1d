"""Servers' own chatbots are opened from what the database has: locked, bound to their server, at known addresses."""

import copy
import logging
import pickle

import pytest

from bot.domain.errors import AddressNotOffered, CredentialsUnreadable, ProviderError
from bot.domain.provider import Prompt, Provider
from bot.domain.secrets.cipher import NO_CIPHER, Cipher
from bot.domain.secrets.credentials import StoredCredentials, credential_cell
from bot.providers import PROVIDERS
from bot.providers.chatbase import ChatbaseSettings
from bot.providers.http import Http
from bot.providers.servers.locked_secret import LockedSecret
from bot.providers.servers.server_providers import OpenedProviders
from bot.providers.settings import ProviderSettings
from bot.providers.stammer import StammerSettings
from tests.fakes.ciphers import FakeCipher

PROMPT = Prompt("how tall is the fig tree", "1", "c1")
UUID = "12345678-1234-5678-1234-567812345678"
FIELDS = {
    "tamako": {"username": "u1", "app_id": "a1", "app_secret": "s1"},
    "chatbase": {"api_key": "k1", "chatbot_id": "b1"},
    "chatbase-v2": {"api_key": "k2", "agent_id": "g2"},
    "stammer": {"api_token": "t1", "chatbot_uuid": UUID},
    "chatbot": {"client_token": "c1"},
}
WHITE_LABEL = "https://bots.agency.example/en/chatbot/api/v1/message/"


@pytest.fixture
def http() -> Http:
    """Give a client that was never opened: a request that gets so far is told apart from one that is not built."""
    return Http()


def opener(http: Http, cipher: Cipher, **settings: str) -> OpenedProviders:
    operators: dict[str, ProviderSettings] = {
        kind.name: kind.settings_type.from_environment(settings) for kind in PROVIDERS
    }
    return OpenedProviders(PROVIDERS, operators, cipher, http)


def stored(cipher: Cipher, provider: str, server: int = 100, **more: str) -> StoredCredentials:
    fields = {
        name: cipher.encrypt(value, credential_cell(server, provider, name))
        for name, value in {**FIELDS[provider], **more}.items()
    }
    return StoredCredentials(server, provider, fields, 0, 7)


async def fault_of(provider: Provider) -> ProviderError | None:
    """Return what kept a request from being built, None if it was."""
    try:
        async for _ in provider.stream(PROMPT):
            pass
    except ProviderError as error:
        return error
    except Exception:  # noqa: BLE001 - the client is not open
        return None
    return None


@pytest.mark.parametrize("name", FIELDS)
async def test_each_is_opened_without_decrypting_a_secret(http: Http, name: str) -> None:
    cipher = FakeCipher()
    credentials = stored(cipher, name)
    provider = opener(http, cipher).open(credentials)
    assert provider.name == name
    assert not {cell.column for cell in cipher.decrypted} - {"chatbot_id", "agent_id", "chatbot_uuid"}
    assert await fault_of(provider) is None
    assert {cell.column for cell in cipher.decrypted} == set(FIELDS[name])


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("how", ["another server's", "another key's", "in clear", "without a key", "half"])
async def test_what_cannot_be_read_is_refused_before_anything_is_sent(http: Http, name: str, how: str) -> None:
    cipher: Cipher = FakeCipher()
    credentials = stored(cipher, name)
    match how:
        case "another server's":
            credentials = StoredCredentials(200, name, credentials.fields, 0, 7)
        case "another key's":
            cipher = FakeCipher("k2")
        case "in clear":
            credentials = StoredCredentials(100, name, FIELDS[name], 0, 7)
        case "without a key":
            cipher = NO_CIPHER
        case _:
            least = dict(list(credentials.fields.items())[1:])
            credentials = StoredCredentials(100, name, least, 0, 7)
    assert isinstance(await fault_of(opener(http, cipher).open(credentials)), CredentialsUnreadable)


@pytest.mark.parametrize("name", ["chatbase", "chatbase-v2", "stammer"])
async def test_a_trial_of_what_cannot_be_read_says_so_too(http: Http, name: str) -> None:
    credentials = stored(FakeCipher("other"), name)
    with pytest.raises(CredentialsUnreadable):
        await opener(http, FakeCipher()).open(credentials).check()


async def test_only_an_offered_address_is_asked(http: Http) -> None:
    cipher = FakeCipher()
    credentials = stored(cipher, "stammer", api_url=WHITE_LABEL)
    assert await fault_of(opener(http, cipher, STAMMER_API_URLS=f" {WHITE_LABEL} ,").open(credentials)) is None
    assert isinstance(await fault_of(opener(http, cipher).open(credentials)), AddressNotOffered)


def test_the_addresses_to_choose_among_begin_with_the_operators() -> None:
    settings = StammerSettings.from_environment(
        {"STAMMER_API_URL": "https://own.example/", "STAMMER_API_URLS": WHITE_LABEL}
    )
    assert settings.addresses == ("https://own.example/", WHITE_LABEL)
    assert ChatbaseSettings.from_environment({}).addresses == ("https://www.chatbase.co/api/v1/chat",)


@pytest.mark.parametrize("name", ["chatbase", "tamako", "chatbot"])
async def test_an_address_is_nothing_that_another_providers_credentials_bring(http: Http, name: str) -> None:
    cipher = FakeCipher()
    provider = opener(http, cipher).open(stored(cipher, name, api_url="https://10.0.0.1/"))
    assert "10.0.0.1" not in str(vars(provider)["_settings"])


def test_of_the_operators_settings_a_servers_chatbot_has_address_and_stream_alone(http: Http) -> None:
    cipher = FakeCipher()
    given = {"CHATBASE_MODEL": "gpt-9", "CHATBASE_STREAM": "false", "CHATBASE_TEMPERATURE": "1"}
    provider = opener(http, cipher, **given).open(stored(cipher, "chatbase"))
    assert not provider.streams
    assert [option.default for option in provider.options] == [None, None]


def test_a_locked_secret_shows_nothing(caplog: pytest.LogCaptureFixture) -> None:
    cipher, cell = FakeCipher(), credential_cell(1, "chatbase", "api_key")
    secret, again = (LockedSecret(cipher.encrypt("opal-77", cell), cell, cipher, "Chatbase") for _ in range(2))
    cipher.decrypted.clear()
    settings = ChatbaseSettings.model_construct(api_key=secret, api_url="https://a.example/")
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("test").warning("%s %r %s", secret, secret, settings)
    shown = f"{secret} {secret!r} {settings!r} {caplog.text}"
    assert "opal" not in shown
    assert cipher.encrypt("opal-77", cell)[-8:] not in shown
    assert secret == again
    assert len({secret, again, secret != "opal-77"}) == 2
    assert cipher.decrypted == []
    assert "opal" not in settings.model_dump_json()
    for write in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError, match="written"):
            write(secret)
    assert secret.get_secret_value() == "opal-77"
