"""No exception and no log line of any provider holds a secret, an address with one, or what people wrote."""

import asyncio
import logging
import traceback
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.errors import ErrorReported, ProviderError, Rejected
from bot.domain.provider import Message, variable_prefix
from bot.providers import PROVIDERS
from bot.providers.base import ChatApi
from bot.providers.http import Http
from tests.providers.conftest import PROMPT, Make, ask, open_provider
from tests.providers.samples import ENVIRONMENTS, FAULTS, endless
from tests.providers.wire import CHUNKED, Step, WireServer, reply

QUESTION = "Where did grandmother hide the emerald necklace?"
HISTORY = (Message("user", "Grandfather sleeps until noon on Sundays."), Message("assistant", "Noted, until noon."))
SYSTEM_PROMPT = "You keep the secrets of the whole family."
PRIVATE = replace(
    PROMPT, text=QUESTION, history=HISTORY, options={"system-prompt": SYSTEM_PROMPT, "model": "m", "story": "s"}
)


@pytest.fixture(params=[kind.name for kind in PROVIDERS])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def provider(name: str, make: Make) -> ChatApi[Any]:
    return make(name)


def secrets_of(name: str) -> list[str]:
    """Return all that may not be seen: keys, and what people wrote."""
    return [*ENVIRONMENTS[name].values(), QUESTION, SYSTEM_PROMPT, *(message.text for message in HISTORY)]


def each_trace(error: BaseException) -> Iterator[str]:
    """Yield all that may be printed of an exception and of those behind it."""
    seen: BaseException | None = error
    while seen is not None:
        yield f"{seen} {seen!r} {seen.args!r} {getattr(seen, '__dict__', None)!r}"
        seen = seen.__cause__ or seen.__context__
    yield "".join(traceback.format_exception(error))


@pytest.mark.parametrize("fault", [*FAULTS, "repeated", "repeated 400", "refused", "endless"])
async def test_no_error_and_no_log_line_holds_a_secret_or_what_people_wrote(
    name: str, http: Http, server: WireServer, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(True)
    told = {"message": " ".join(secrets_of(name)), "error": " / ".join(ENVIRONMENTS[name].values()), "args": QUESTION}
    scripts: dict[str, tuple[Step, ...]] = {
        "repeated": (reply({"error": told["message"]}),),
        "repeated 400": (reply(told, 400),),
        "refused": (),
        "endless": (CHUNKED, endless),
    }
    server.play(FAULTS[fault][0] if fault in FAULTS else scripts[fault])
    environment = {
        **ENVIRONMENTS[name],
        f"{variable_prefix(name)}API_URL": f"{server.url}/?token=s3cret-in-the-address",
    }
    if fault == "refused":
        async with WireServer() as gone:
            environment[f"{variable_prefix(name)}API_URL"] = f"{gone.url}/?token=s3cret-in-the-address"
    stream = {"CHATBASE_STREAM": "false"} if name == "chatbase" else {}
    with pytest.raises(ProviderError) as caught:
        await ask(open_provider(name, http, {**environment, **stream}), PRIVATE)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    printed = "\n".join([*each_trace(caught.value), caplog.text, *(repr(record.__dict__) for record in caplog.records)])
    for secret in [*secrets_of(name), "s3cret", QUESTION[:20]]:
        assert secret not in printed


@pytest.mark.parametrize("media_type", ["text/event-stream", "text/plain"])
async def test_an_error_event_tells_nothing_private(
    make: Make, server: WireServer, caplog: pytest.LogCaptureFixture, media_type: str
) -> None:
    caplog.set_level(logging.DEBUG)
    told = "\n".join(f"data: {secret}" for secret in secrets_of("chatbase"))
    server.play(reply(f"data: Hello\n\nevent: error\n{told}\n\n".encode(), Content_Type=media_type))
    with pytest.raises(ErrorReported) as caught:
        await ask(make("chatbase"), PRIVATE)
    printed = "\n".join([*each_trace(caught.value), caplog.text])
    for secret in secrets_of("chatbase"):
        assert secret not in printed


async def test_a_reason_that_says_nothing_private_is_kept(provider: ChatApi[Any], server: WireServer) -> None:
    told = "The field foo is wrong: " + next(iter(ENVIRONMENTS[provider.name].values()))
    server.play(reply({"message": told}, 400))
    with pytest.raises(Rejected) as caught:
        await ask(provider, PRIVATE)
    assert caught.value.reason == "The field foo is wrong: […]"
