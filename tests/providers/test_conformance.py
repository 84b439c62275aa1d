"""What every provider in the registry must do; a further provider needs only its lines in `samples.py`."""

import asyncio
import gzip
import json
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import AnswerError, ConnectionLost, ProviderError, TooLarge, Unreachable
from bot.domain.provider import Memory, Provider, find_option, variable_prefix
from bot.domain.settings.server_settings import PERSONA_LIMITS
from bot.providers import PROVIDERS, open_providers
from bot.providers.base import ChatApi
from bot.providers.http import Http
from tests.examples import share_of_examples
from tests.providers.conftest import PROMPT, Make, Pauses, ask, open_provider
from tests.providers.json_strategies import wild_json
from tests.providers.samples import ANSWERS, ENVIRONMENTS, FAULTS, FIELDS, endless, read_settings
from tests.providers.wire import CHUNKED, LAST, End, WireServer, chunk, head, reply

ROOT = Path(__file__).resolve().parents[2]
NAMES = [kind.name for kind in PROVIDERS]


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def provider(name: str, make: Make) -> ChatApi[Any]:
    return make(name)


def test_the_registry_is_in_the_contracts_order() -> None:
    assert NAMES == ["tamako", "chatbase", "chatbase-v2", "stammer", "chatbot"]


def test_nothing_else_in_the_program_depends_on_its_name(name: str) -> None:
    forms = ROOT / "bot" / "strings" / "admins" / "setup" / "fields.py"  # what /setup says of each provider
    own = (ROOT / "bot" / "providers", ROOT / "cogs" / "providers", forms)
    sources = [path for top in ("bot", "cogs") for path in (ROOT / top).rglob("*.py")]
    naming = [path for path in sources if f'"{name}"' in path.read_text(encoding="utf-8")]
    assert all(any(path.is_relative_to(room) for room in own) for path in naming), naming


def test_states_its_facts(provider: Provider) -> None:
    assert provider.name == provider.name.lower()
    assert provider.label
    assert provider.remembers in get_args(Memory)
    assert isinstance(provider.streams, bool)
    assert provider.question_limit is None or provider.question_limit > 0
    assert {option.name for option in provider.options}.isdisjoint(PERSONA_LIMITS)
    assert all(option.default is None or option.accepts(option.default) for option in provider.options)


@pytest.mark.parametrize(
    ("name", "option", "taken", "refused"),
    [
        ("chatbase", "temperature", ["0", "0.35", "1"], ["-0.1", "1.1", "nan", "inf", "warm", ""]),
        ("chatbase", "model", ["gpt-4o", "whatever comes"], []),
        ("chatbot", "story", ["5f" * 12, "5F" * 12], ["5f" * 11, "g" * 24, "5f" * 12 + "\n", "Help desk", ""]),
        ("stammer", "system-prompt", ["Be brief.\nAlways."], []),
    ],
)
def test_an_option_says_what_it_takes(provider: Provider, option: str, taken: list[str], refused: list[str]) -> None:
    found = find_option(provider, option)
    assert found is not None
    assert [value for value in (*taken, *refused) if found.accepts(value)] == taken
    assert find_option(provider, f"{option}s") is None


def test_its_variables_begin_with_its_name(provider: ChatApi[Any]) -> None:
    # What the doctor tells the host to look at.
    settings = provider.settings_type
    assert settings.env_prefix == variable_prefix(provider.name)
    assert "api_url" in settings.model_fields


def test_reads_its_settings_from_the_environment(name: str) -> None:
    read = read_settings(ENVIRONMENTS[name])
    assert [each for each, known in read.items() if known.configured] == [name]
    for missing in ENVIRONMENTS[name]:
        fewer = {variable: value for variable, value in ENVIRONMENTS[name].items() if variable != missing}
        assert not read_settings(fewer)[name].configured


async def test_the_configured_ones_are_opened_in_order(http: Http) -> None:
    every = {variable: value for environment in ENVIRONMENTS.values() for variable, value in environment.items()}
    assert list(open_providers(read_settings(every), http)) == NAMES
    assert list(open_providers(read_settings(ENVIRONMENTS["stammer"]), http)) == ["stammer"]
    assert open_providers({}, http) == {}


async def test_yields_its_answer(provider: ChatApi[Any], server: WireServer) -> None:
    server.play(reply(ANSWERS[provider.name]))
    assert await ask(provider) == "Hello"
    await server.wait_left()


@pytest.mark.parametrize(
    "content_type",
    ["Application/JSON; Charset=UTF-8", "text/html", "text/plain;charset=utf-8", "text/event-stream", "x", ""],
)
@pytest.mark.parametrize("before", [b"", b"\r\n\t ", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
async def test_a_document_is_read_under_any_content_type(
    provider: ChatApi[Any], server: WireServer, content_type: str, before: bytes
) -> None:
    body = before + json.dumps(ANSWERS[provider.name], indent=2).encode() + b"\n"
    server.play(reply(body, Content_Type=content_type))
    assert await ask(provider) == "Hello"


async def test_a_compressed_document_is_read(provider: ChatApi[Any], server: WireServer) -> None:
    body = gzip.compress(json.dumps(ANSWERS[provider.name]).encode())
    server.play((head(Content_Encoding="gzip", Transfer_Encoding="chunked"), chunk(body[:9]), chunk(body[9:]), LAST))
    assert await ask(provider) == "Hello"


async def test_bytes_that_are_no_utf8_are_replaced(provider: ChatApi[Any], server: WireServer) -> None:
    sent = reply(ANSWERS[provider.name]).replace(b"Hello", b"H\xe9\xf0lo")
    server.play(sent)
    assert await ask(provider) == "H\ufffd\ufffdlo"


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_is_one_of_the_family(provider: ChatApi[Any], server: WireServer, fault: str) -> None:
    script, kind = FAULTS[fault]
    server.play(script)
    with pytest.raises(ProviderError) as caught:
        await ask(provider)
    streamed_blanks = fault == "20 MB" and provider.streams
    assert type(caught.value) is kind or streamed_blanks
    assert caught.value.label == provider.label
    assert len(server.heard) == (3 if fault == "503" else 1)
    await server.wait_left()


async def test_an_endless_answer_ends(provider: ChatApi[Any], server: WireServer) -> None:
    server.play((CHUNKED, endless))
    with pytest.raises(TooLarge):
        await ask(provider)
    await server.wait_left()


async def test_a_refused_connection_is_tried_again_and_then_said(name: str, http: Http, pauses: Pauses) -> None:
    async with WireServer() as gone:
        environment = {**ENVIRONMENTS[name], f"{variable_prefix(name)}API_URL": gone.url}
    with pytest.raises(Unreachable):
        await ask(open_provider(name, http, environment))
    assert len(pauses.asked) == 2


async def test_the_next_question_is_answered_after_a_fault(provider: ChatApi[Any], server: WireServer) -> None:
    server.play(End.RESET, reply(ANSWERS[provider.name]))
    with pytest.raises(ConnectionLost):
        await ask(provider)
    assert await ask(provider) == "Hello"


async def test_a_question_as_long_as_the_limit_is_sent(provider: ChatApi[Any], server: WireServer) -> None:
    server.play(reply(ANSWERS[provider.name]))
    assert await ask(provider, replace(PROMPT, text="é" * (provider.question_limit or 10_000))) == "Hello"


async def test_any_text_can_be_sent(provider: ChatApi[Any], server: WireServer) -> None:
    server.play(reply(ANSWERS[provider.name]))
    assert await ask(provider, replace(PROMPT, text="\x00 \ud800 \r\n %zz &a=b#c ?🍕")) == "Hello"


async def test_the_connection_is_closed_when_the_reader_stops_early(provider: ChatApi[Any], server: WireServer) -> None:
    server.play((reply(ANSWERS[provider.name]), End.SILENCE))
    async with aclosing(provider.stream(PROMPT)) as pieces:
        assert await anext(pieces) == "Hello"
    await server.wait_left()


async def test_cancelling_closes_the_connection(provider: ChatApi[Any], server: WireServer) -> None:
    server.play((CHUNKED, chunk("Hel"), End.SILENCE))
    asking = asyncio.create_task(ask(provider))
    await server.wait_heard(1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await server.wait_left()


async def test_checking_asks_no_question(provider: ChatApi[Any], server: WireServer) -> None:
    server.play(reply({}, 404))
    assert await provider.check() is not None
    assert all(heard.method == "GET" and not heard.body for heard in server.heard)


@settings(share_of_examples(0.5), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    document=st.dictionaries(st.sampled_from(FIELDS), wild_json(FIELDS)), status=st.sampled_from([200, 201, 202, 400])
)
async def test_no_type_of_any_field_is_a_crash(
    name: str, make: Make, server: WireServer, document: dict[str, object], status: int
) -> None:
    server.play(reply(document, status))
    provider = make(name, CHATBASE_STREAM="false") if name == "chatbase" else make(name)
    pieces, fault = [], None
    try:
        async with asyncio.timeout(10):
            pieces = [piece async for piece in provider.stream(PROMPT)]
    except AnswerError as error:
        fault = error
    assert bool(pieces) is (fault is None)
    assert fault is None or fault.__context__ is None


async def test_whole_chunks_of_any_size_give_the_same_answer(provider: ChatApi[Any], server: WireServer) -> None:
    body = reply(ANSWERS[provider.name]).partition(b"\r\n\r\n")[2].replace(b"Hello", "H\u00e9llo🍕".encode())
    pieces = (chunk(body[place : place + 1]) for place in range(len(body)))
    server.play((head(Content_Type="application/json", Transfer_Encoding="chunked"), *pieces, LAST))
    assert await ask(provider) == "Héllo🍕"
