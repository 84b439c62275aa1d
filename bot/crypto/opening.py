"""Opening the cipher that SECRET_KEY asks for. The library is imported here, and only if there is a key."""

from bot.crypto.keys import parse_keys
from bot.domain.secrets.cipher import NO_CIPHER, Cipher


def open_cipher(secret_key: str | None) -> Cipher:
    """Return the cipher for SECRET_KEY, which keeps all in clear if that is unset; raises `MalformedKeys`."""
    if secret_key is None:
        return NO_CIPHER
    keys = parse_keys(secret_key)
    from bot.crypto.aes_gcm import AesGcmCipher  # it takes 9 ms of a start

    return AesGcmCipher(keys)
