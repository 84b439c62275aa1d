"""The chat APIs that the bot can ask, in the order in which the first configured one becomes the default.

    settings = {kind.name: kind.settings_type.from_environment(os.environ) for kind in PROVIDERS}
    async with Http() as http:
        providers = open_providers(settings, http)
        async for piece in providers["chatbase"].stream(prompt): ...

A further provider is a file of its own and a line in `PROVIDERS`.
"""

from collections.abc import Mapping
from typing import Any

from bot.domain.provider import Provider
from bot.providers.base import ChatApi
from bot.providers.chatbase import Chatbase
from bot.providers.chatbase_v2 import ChatbaseV2
from bot.providers.chatbot import ChatBot
from bot.providers.http import Http
from bot.providers.settings import ProviderSettings
from bot.providers.stammer import Stammer
from bot.providers.tamako import Tamako

PROVIDERS: tuple[type[ChatApi[Any]], ...] = (
    Tamako,
    Chatbase,
    ChatbaseV2,
    Stammer,
    ChatBot,
)


def open_providers(settings: Mapping[str, ProviderSettings], http: Http) -> dict[str, Provider]:
    """Return the configured providers by name, in the contract's order."""
    kinds = {kind.name: kind for kind in PROVIDERS}
    return {name: kinds[name](settings[name], http) for name in kinds if name in settings and settings[name].configured}
