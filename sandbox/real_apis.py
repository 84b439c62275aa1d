"""`--real`: settings that point the bot at a provider's real API instead of its stand-in."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.domain.provider import variable_prefix
from bot.env_file import EnvFileError, read_env_file
from sandbox.apis import Apis

ENV_FILE = Path(".env")


class MissingKeys(Exception):
    """A provider's keys are neither in `.env` nor in the environment; the text is the one line to show."""


def read_real_settings(
    apis: Apis, names: Sequence[str], *, file: Path = ENV_FILE, environment: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Return environment variables for the bot: the named providers' own settings instead of their stand-ins'.

    The first one named answers if nothing else is set. Only variables of these providers are taken over; those that
    the stand-in would set are emptied, which is as good as unset. Raises `MissingKeys`.
    """
    try:
        stored = read_env_file(file)
    except EnvFileError as error:
        raise MissingKeys(str(error)) from None
    given = {name: value for name, value in {**stored, **environment}.items() if value.strip()}
    every = [api.name for api in apis.all]
    settings: dict[str, str] = {}
    for name in names:
        prefix = variable_prefix(name)
        longer = tuple(each for each in map(variable_prefix, every) if each != prefix and each.startswith(prefix))
        own = {
            variable: value
            for variable, value in given.items()
            if variable.startswith(prefix) and not variable.startswith(longer)
        }
        wanted = [variable for variable in apis.environment(name) if not variable.endswith("_API_URL")]
        if not any(variable in own for variable in wanted):
            raise MissingKeys(f"{wanted[0]} is not set: put the keys of {name} into {file} ({', '.join(wanted)})")
        settings |= dict.fromkeys(apis.environment(name), "") | own
    return settings | ({"DEFAULT_PROVIDER": names[0]} if names else {})
