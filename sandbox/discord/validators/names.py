"""The names of slash commands and of their options (reference, "Application Command Naming")."""

import unicodedata

from sandbox.discord.errors import FormErrors, Path


def check_name(name: str, errors: FormErrors, path: Path) -> None:
    """Note a name of a slash command or option with a character outside Discord's pattern, or in upper case."""
    if name != name.lower() or not all(map(_fits_a_name, name)):
        errors.add(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _fits_a_name(character: str) -> bool:
    """Whether it matches the reference's pattern: letters, numbers, `-_'`, and all of Devanagari and Thai."""
    if character in "-_'" or unicodedata.category(character)[0] in "LN":
        return True
    return 0x0900 <= ord(character) <= 0x097F or 0x0E00 <= ord(character) <= 0x0E7F
