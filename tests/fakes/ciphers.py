"""A cipher that anybody can read, for tests of what is encrypted and where."""

from base64 import b64decode, b64encode

from bot.domain.secrets.cipher import Cell


class FakeCipher:
    """Binds a text to its cell, as the real one does; `key` tells one from another."""

    def __init__(self, key: str = "k1") -> None:
        self.key = key
        self.key_ids = (key,)
        self.decrypted: list[Cell] = []

    def encrypt(self, text: str, cell: Cell) -> str:
        """Return the text behind the key and the cell, in base64."""
        return "\ufdd0" + b64encode("\n".join((self.key, *cell, text)).encode()).decode()

    def decrypt(self, stored: str, cell: Cell) -> str | None:
        """Return the text; None if it was encrypted for another cell, or with another key."""
        self.decrypted.append(cell)
        if not stored.startswith("\ufdd0"):
            return stored
        key, *rest = b64decode(stored[1:]).decode().split("\n", 4)
        return rest[3] if (key, *rest[:3]) == (self.key, *cell) else None
