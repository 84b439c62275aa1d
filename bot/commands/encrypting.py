"""`python -m bot encrypt-texts` and `rotate-keys`: encrypt what is stored, while the bot runs or not."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TextIO

from bot.commands.progress_display import ProgressDisplay, run_with_progress
from bot.domain.secrets.cipher import Cipher
from bot.store.addresses.urls import Address, SqliteFile, parse_url
from bot.store.encryption.conditions import columns_by_table
from bot.store.errors import MaintenanceError
from bot.store.maintenance.reencryption import EncryptingResult, encrypt_clear_texts, rotate_keys
from bot.strings.host import encrypting as say

Work = Callable[[Address, Cipher, ProgressDisplay], Coroutine[Any, Any, EncryptingResult]]


def encrypt_texts(database_url: str, cipher: Cipher, out: TextIO | None = None, err: TextIO | None = None) -> int:
    """Encrypt what is in clear in the database at a valid URL; return the exit code."""
    return _run(encrypt_clear_texts, say.encrypted, database_url, cipher, out, err)


def rotate(database_url: str, cipher: Cipher, out: TextIO | None = None, err: TextIO | None = None) -> int:
    """Encrypt all that has another key with the first one; return the exit code."""
    return _run(rotate_keys, say.rotated, database_url, cipher, out, err)


def _run(
    work: Work, tell: Callable[[int], str], database_url: str, cipher: Cipher, out: TextIO | None, err: TextIO | None
) -> int:
    out, err = out or sys.stdout, err or sys.stderr
    address = parse_url(database_url)
    if not cipher.key_ids:
        err.write(f"{say.no_key()}\n")
        return 1

    def encrypt(progress: ProgressDisplay) -> str:
        result = asyncio.run(work(address, cipher, progress))
        if result.unreadable:
            raise MaintenanceError(say.unreadable(result.encrypted, result.unreadable))
        if not result.is_complete:
            raise MaintenanceError(say.incomplete(result.encrypted))
        return "\n".join([tell(result.encrypted), *_tell_rest(address, result)])

    return run_with_progress(encrypt, say.encrypting_interrupted(), out, err)


def _tell_rest(address: Address, result: EncryptingResult) -> list[str]:
    """Return what is said of the pieces of old texts that a database keeps for a while."""
    if not isinstance(address, SqliteFile):
        return [say.vacuum_server([table.name for table in columns_by_table()])]
    done = result.compaction
    said = [say.vacuumed(str(address)) if done.reason is None else say.not_vacuumed(done.reason)]
    return said if done.is_log_empty else [*said, say.log_in_use(str(address))]
