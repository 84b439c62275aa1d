"""The whole bot with every handler, without a Discord, a database or a chat API behind it."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from pydantic import SecretStr

from bot.app import App
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.domain.cluster.duty import ALWAYS_ON_DUTY
from bot.domain.cluster.signals import NO_SIGNALS
from bot.providers import PROVIDERS
from bot.settings import Settings
from bot.streaming.rate_limiter import RateLimiter
from tests.fakes.turns import FreeTurns


@pytest.fixture
async def app() -> App:
    """Return the bot with the handlers of all providers; nothing that they use may be called."""
    chatbots = SimpleNamespace(labels={kind.name: kind.label for kind in PROVIDERS})
    parts = (
        "prompts",
        "suggestions",
        "answers",
        "actions",
        "recovery",
        "privacy",
        "retention",
        "welcomes",
        "usage",
        "credentials",
        "credential_forms",
        "health",
        "privacy_url",
    )
    services: Any = SimpleNamespace(
        settings=SimpleNamespace(chatbots=chatbots, developer=None, kept=SimpleNamespace(reload=None)),
        signals=NO_SIGNALS,
        answering=SimpleNamespace(active_runs=SimpleNamespace(working=None)),
        **dict.fromkeys(parts),
    )
    connections: Any = SimpleNamespace(trace=RateLimitTrace(RateLimiter()), stores=SimpleNamespace(metadata=None))
    settings = Settings(discord_token=SecretStr("token"))
    app = App(services, connections, cast("Any", ALWAYS_ON_DUTY), FreeTurns(), settings)
    await app.add_cogs()
    return app
