"""A secret that a server's admins stored: encrypted in the settings, and decrypted when a request is built."""

import copy
import logging
import pickle

import pytest

from bot.crypto.keys import new_key
from bot.crypto.opening import open_cipher
from bot.domain.errors import CredentialsUnreadable
from bot.domain.secrets.cipher import NO_CIPHER, Cell
from bot.providers.chatbase import ChatbaseSettings
from bot.providers.chatbot import ChatBotSettings
from bot.providers.credentials.encrypted_secret import EncryptedSecret
from bot.providers.settings import bearer
from bot.providers.tamako import TamakoSettings

_KEY = "kestrel-feathers-of-the-north-41"
_CIPHER = open_cipher(new_key())
_CELL = Cell("credentials", "api_key", "10/chatbase")
_STORED = _CIPHER.encrypt(_KEY, _CELL)


def _secret() -> EncryptedSecret:
    return EncryptedSecret(_STORED, _CELL, _CIPHER)


def test_it_is_decrypted_when_a_header_is_built() -> None:
    settings = ChatbaseSettings.model_validate({"api_key": _secret(), "chatbot_id": "id"})
    assert isinstance(settings.api_key, EncryptedSecret)
    assert bearer(settings.api_key) == {"Authorization": f"Bearer {_KEY}"}
    assert settings.secrets == (_KEY,)


def test_every_kind_of_secret_takes_an_encrypted_one() -> None:
    tamako = TamakoSettings.model_validate({"username": "u", "app_id": "a", "app_secret": _secret()})
    chatbot = ChatBotSettings.model_validate({"client_token": _secret()})
    assert isinstance(tamako.app_secret, EncryptedSecret)
    assert isinstance(chatbot.talking_token, EncryptedSecret)
    assert tamako.configured
    assert chatbot.configured


def test_it_shows_itself_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    secret = _secret()
    settings = ChatbaseSettings.model_validate({"api_key": secret, "chatbot_id": "id"})
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("test").warning("%s %r %s", secret, secret, settings)
    shown = [repr(secret), str(secret), f"{secret}", repr(settings), settings.model_dump_json(), caplog.text]
    assert not [text for text in shown if _KEY[:8] in text or _STORED[-16:] in text]
    for write in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError, match="written"):
            write(secret)
    with pytest.raises(TypeError, match="written"):
        pickle.dumps(settings)


@pytest.mark.parametrize(
    "wrong",
    [
        EncryptedSecret(_STORED, _CELL, open_cipher(new_key())),
        EncryptedSecret(_STORED, _CELL, NO_CIPHER),
        EncryptedSecret(_STORED, _CELL._replace(row="11/chatbase"), _CIPHER),
        EncryptedSecret(_STORED[:-1], _CELL, _CIPHER),
    ],
    ids=["another key", "no key", "another server", "changed"],
)
def test_what_cannot_be_decrypted_is_told_when_it_is_wanted(wrong: EncryptedSecret) -> None:
    settings = ChatbaseSettings.model_validate({"api_key": wrong, "chatbot_id": "id"})
    assert settings.configured
    with pytest.raises(CredentialsUnreadable):
        bearer(wrong)
    with pytest.raises(CredentialsUnreadable):
        _ = settings.secrets


def test_one_is_the_other_if_it_is_stored_the_same() -> None:
    assert _secret() == _secret()
    assert hash(_secret()) == hash(_secret())
    assert _secret() != EncryptedSecret(_CIPHER.encrypt(_KEY, _CELL), _CELL, _CIPHER)
    assert _secret() != _KEY
