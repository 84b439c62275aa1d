"""What is said about encryption, when the bot starts and in `python -m bot check`."""

from collections.abc import Collection, Sequence

from bot.domain.secrets.encryption import EncryptionState

ENCRYPTION = "Encryption"
"""The title of the lines in `check`."""


def encrypts() -> str:
    """Return the line if all is well."""
    return "What people write is encrypted before it is stored."


def no_key() -> tuple[str, str]:
    """Return the line if there is no key, and the remedy."""
    said = (
        "SECRET_KEY is not set: what people write is stored in clear, and servers can't bring chatbots of their own. "
        "Discord's Developer Terms (5c) ask for encryption."
    )
    return said, "Set SECRET_KEY to what `python -m bot new-key` prints, as docs/encryption.md shows."


def clear_texts() -> tuple[str, str]:
    """Return the line if texts are in clear that were stored without a key, and the remedy."""
    return (
        "Some texts were stored without SECRET_KEY, and are still in clear.",
        "To encrypt them, run `python -m bot encrypt-texts`; the bot may go on running.",
    )


def keys_missing(first_days: Collection[str], *, has_key: bool) -> tuple[str, str]:
    """Return the line if texts are encrypted with keys that are not there, and the remedy.

    `first_days` are those on which each key was first used.
    """
    days, one = " and ".join(sorted(set(first_days))), len(first_days) == 1
    keys = f"{'a key' if one else f'{len(first_days)} keys'} (first used on {days})"
    lacks = f" that {'is' if one else 'are'} not in SECRET_KEY" if has_key else ", but SECRET_KEY is not set"
    said = f"Some texts are encrypted with {keys}{lacks}: they can't be read, and stay as they are."
    put = f"Put {'it' if one else 'them'} into SECRET_KEY{', behind a comma' if has_key else ''}"
    return said, f"{put}; docs/encryption.md tells what to do if {'it is' if one else 'they are'} lost."


def tell_at_start(state: EncryptionState) -> Sequence[str]:
    """Return what a start says of texts that cannot be read, or should be encrypted: one line or none."""
    if state.missing_keys:
        said = keys_missing(state.missing_keys.values(), has_key=state.has_key)
    elif state.has_key and state.has_clear_texts:
        said = clear_texts()
    else:
        return ()
    return (" ".join(said),)
