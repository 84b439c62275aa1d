"""What the provider tests share: the raw server, an HTTP helper with short time-outs, providers that talk to either."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.domain.provider import Prompt, variable_prefix
from bot.providers import PROVIDERS
from bot.providers.base import ChatApi
from bot.providers.http import Http, Request
from sandbox.apis import Apis
from tests.providers.samples import ENVIRONMENTS
from tests.providers.wire import WireServer
from tests.waiting_clock import count_waiting_only

IDLE = 0.25
TOTAL = 5.0

Make = Callable[..., ChatApi[Any]]


@dataclass
class Pauses:
    """Stands in for waiting between tries, and notes for how long."""

    asked: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
async def server() -> AsyncIterator[WireServer]:
    async with WireServer() as server:
        yield server


@pytest.fixture
async def http(pauses: Pauses, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Http]:
    count_waiting_only(monkeypatch)
    async with Http(idle_timeout=IDLE, total_timeout=TOTAL, connect_timeout=2.0, pause=pauses) as http:
        yield http


@pytest.fixture
async def apis() -> AsyncIterator[Apis]:
    async with Apis() as apis:
        yield apis


@pytest.fixture
def make(server: WireServer, http: Http) -> Make:
    """Make a provider that talks to the raw server; further variables may be given."""

    def make(name: str, **variables: str) -> ChatApi[Any]:
        return open_provider(
            name, http, {**ENVIRONMENTS[name], f"{variable_prefix(name)}API_URL": server.url, **variables}
        )

    return make


@pytest.fixture
def join(apis: Apis, http: Http) -> Make:
    """Make a provider that talks to its stand-in in the sandbox."""

    def join(name: str, **variables: str) -> ChatApi[Any]:
        return open_provider(name, http, {**apis.environment(name), **variables})

    return join


def open_provider(name: str, http: Http, environment: dict[str, str]) -> ChatApi[Any]:
    kind = next(kind for kind in PROVIDERS if kind.name == name)
    return kind(kind.settings_type.from_environment(environment), http)


PROMPT = Prompt(text="What is the answer?", user_key="80351110224678912", conversation_id="c-1")
"""A prompt such as the program makes; `dataclasses.replace` changes it."""


async def ask(provider: ChatApi[Any], prompt: Prompt = PROMPT) -> str:
    """Return an answer's text."""
    return "".join([piece async for piece in provider.stream(prompt) if isinstance(piece, str)])


async def fetch(http: Http, url: str, *, post: bool = False) -> bytes:
    """Return the body at `url`."""
    async with http.send(Request(label="X", url=url, body={"question": "é\ud800"} if post else None)) as answer:
        return await answer.read()
