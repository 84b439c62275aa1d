"""Which status the encryption of stored texts has in `python -m bot check`."""

from bot.diagnostics.report import CheckResult, Status
from bot.domain.secrets.encryption import EncryptionState
from bot.strings.host import encryption as say


def encryption_result(state: EncryptionState) -> CheckResult:
    """Return how texts are encrypted: worst is a key that is missing."""
    if state.missing_keys:
        missing = say.keys_missing(state.missing_keys.values(), has_key=state.has_key)
        return CheckResult(Status.ERROR, say.ENCRYPTION, *missing)
    if not state.has_key:
        return CheckResult(Status.INFO, say.ENCRYPTION, *say.no_key())
    if state.has_clear_texts:
        return CheckResult(Status.WARNING, say.ENCRYPTION, *say.clear_texts())
    return CheckResult(Status.OK, say.ENCRYPTION, say.encrypts())
