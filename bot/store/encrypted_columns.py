"""The columns that hold somebody's words, a name or a token, and what each of their values is bound to.

A value is encrypted for its cell, so that it cannot be read in another row, column or table. Without a key it is kept
as it is.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from bot.domain.secrets.cipher import Cell, Cipher
from bot.domain.settings.server_settings import (
    AUTO_REPLY,
    CHANNELS,
    CONVERSATION,
    LENGTH,
    LISTED,
    OPT_OUT,
    RETENTION,
    ROLES,
    THREADS,
)

CLEAR_SETTINGS = frozenset(
    {
        *("provider", "fallback", "limit-member", "limit-server", "limit-roles"),
        *(CONVERSATION, CHANNELS, LISTED, ROLES, AUTO_REPLY, LENGTH, THREADS, RETENTION, OPT_OUT),
    }
)
"""Settings whose values are choices, numbers or ids: nobody's words.

Most say what the bot may do or how long it keeps what. They must hold even with a wrong key: somebody who opted out
stays so.
"""

Key = tuple[object, ...]
"""What names a row: the values of its `row_key`, which are known before it is stored and never change."""


class EncryptedColumn(NamedTuple):
    """A column whose values are encrypted, and the columns of the same table that name a row.

    If the column has values of several kinds, `kind` is the column that says which, in place of this one's name.
    """

    table: str
    name: str
    row_key: tuple[str, ...]
    kind: str | None = None

    def is_meant(self, row: Mapping[str, Any]) -> bool:
        """Return whether this row's value is encrypted: of settings, only some are."""
        return self.table != "preferences" or row["name"] not in CLEAR_SETTINGS

    def cell(self, row: Mapping[str, Any]) -> Cell:
        """Return the cell of a row's value."""
        name = self.name if self.kind is None else row[self.kind]
        return Cell(self.table, name, _join(tuple(row[part] for part in self.row_key)))

    def encrypt(self, cipher: Cipher, text: str, key: Key) -> str:
        """Return what is stored for `text` in the row with this key."""
        return cipher.encrypt(text, Cell(self.table, self.name, _join(key)))

    def decrypt(self, cipher: Cipher, stored: str, key: Key) -> str | None:
        """Return the text that is `stored` in the row with this key; None if it cannot be read."""
        return cipher.decrypt(stored, Cell(self.table, self.name, _join(key)))


def _join(key: Key) -> str:
    return "/".join(map(str, key))


_TURN = ("channel", "kind", "person", "position")
"""Whose conversation a turn is part of, and the question's id. A copy of a row in a thread is encrypted once more."""

_RUN = ("answer", "number")

TURN_QUESTION = EncryptedColumn("turns", "question", _TURN)
TURN_ANSWER = EncryptedColumn("turns", "answer", _TURN)
TURN_NAME = EncryptedColumn("turns", "name", _TURN)
RUN_TOKEN = EncryptedColumn("runs", "token", _RUN)
RUN_QUESTION = EncryptedColumn("texts", "question", _RUN)
RUN_CONTENT = EncryptedColumn("texts", "content", _RUN)
RUN_NOTICES = EncryptedColumn("texts", "notices", _RUN)
SETTING = EncryptedColumn("preferences", "value", ("scope", "target", "name"))
CREDENTIAL = EncryptedColumn("credentials", "value", ("server", "provider"), kind="field")

ENCRYPTED_COLUMNS = (
    TURN_QUESTION,
    TURN_ANSWER,
    TURN_NAME,
    RUN_TOKEN,
    RUN_QUESTION,
    RUN_CONTENT,
    RUN_NOTICES,
    SETTING,
    CREDENTIAL,
)
