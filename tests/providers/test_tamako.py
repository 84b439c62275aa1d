"""Tamako: its query string, both shapes of its replies, its own ways to say what is wrong."""

from bisect import bisect_left
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.answering.run_preparation import check
from bot.conversation.question_text import compose_within
from bot.domain.errors import (
    ErrorReported,
    PaymentRequired,
    ProviderError,
    QuestionTooLong,
    RateLimited,
    Rejected,
    ServerFault,
    Unauthorized,
    WrongAddress,
)
from bot.domain.provider import Persona
from bot.domain.question import Quote
from bot.providers.tamako import TamakoSettings
from sandbox.apis import Apis, Reply, Status, TamakoLogin, TamakoShape
from tests.fakes.providers_and_stores import make_question
from tests.providers.conftest import PROMPT, Make, ask
from tests.providers.wire import WireServer, reply

PERSONA = Persona(name="Sakuta", gender="male", prefix="t!", developer="Bear#3437 & co")


async def test_sends_all_nine_parameters_and_the_padded_id(make: Make, server: WireServer) -> None:
    server.play(reply({"response": "Hello"}))
    await ask(make("tamako"), replace(PROMPT, text="a&b=c é🍕", user_key="123456789.2", persona=PERSONA))
    (heard,) = server.heard
    assert (heard.method, heard.body) == ("GET", b"")
    assert parse_qs(urlsplit(heard.target).query, strict_parsing=True) == {
        "username": ["user-4711"],
        "appid": ["app-id-4711"],
        "appsecret": ["s3cret/tamako+key"],
        "message": ["a&b=c é🍕"],
        "user": ["123456789.2"],
        "userid": ["000000000123456789.2"],
        "name": ["Sakuta"],
        "gender": ["male"],
        "dev": ["Bear#3437 & co"],
        "prefix": ["t!"],
    }


async def test_leaves_out_what_nobody_set(make: Make, server: WireServer) -> None:
    server.play(reply({"response": "Hello"}))
    await ask(make("tamako"), replace(PROMPT, persona=Persona(gender="")))
    sent = parse_qs(urlsplit(server.heard[0].target).query, keep_blank_values=True)
    assert sorted(sent) == ["appid", "appsecret", "message", "user", "userid", "username"]
    assert sent["userid"] == ["080351110224678912"]


@pytest.mark.parametrize("shape", TamakoShape)
async def test_talks_to_both_servers(join: Make, apis: Apis, shape: TamakoShape) -> None:
    apis.tamako.shape = shape
    apis.tamako.answers("Hello there")
    assert await ask(join("tamako"), replace(PROMPT, persona=PERSONA)) == "Hello there"
    assert apis.tamako.received[-1].refused is None


async def test_the_server_remembers_each_user_until_the_key_is_renewed(join: Make, apis: Apis) -> None:
    tamako = join("tamako")
    for key in (PROMPT.user_key, "90351110224678912", f"{PROMPT.user_key}.1"):
        await ask(tamako, replace(PROMPT, text=f"I am {key}", user_key=key))
        assert list(apis.tamako.memory.of(key)) == [f"I am {key}"]


DOCUMENTED, NEWER = TamakoShape.DOCUMENTED, TamakoShape.NEWER


@pytest.mark.parametrize(
    ("shape", "status"), [(NEWER, None), (DOCUMENTED, None), (DOCUMENTED, 200), (DOCUMENTED, 400), (DOCUMENTED, 500)]
)
async def test_wrong_credentials_in_each_shape(join: Make, apis: Apis, shape: TamakoShape, status: int | None) -> None:
    apis.tamako.shape, apis.tamako.error_status = shape, status
    with pytest.raises(Unauthorized):
        await ask(join("tamako", TAMAKO_APP_SECRET="wrong"))


@pytest.mark.parametrize(
    ("sent", "kind", "reason"),
    [
        (reply({"error": "missing_arguements", "args": {}}), ErrorReported, "missing_arguements"),
        (reply({"error": "missing_arguements", "args": {}}, 400), Rejected, "missing_arguements"),
        (reply({"error": "missing_arguements", "response": "x"}), ErrorReported, "missing_arguements"),
        (reply({"message": "Invalid user id!"}, 400), Rejected, "Invalid user id!"),
        (reply({"details": "x", "error": True, "message": "Wrong method"}, 405), WrongAddress, None),
        (reply({"error": True, "message": "Odd"}), ErrorReported, "Odd"),
        (reply({"error": ["a", {"b": 1}]}), ErrorReported, "a"),
        (reply({"message": "Accepted"}, 202), ErrorReported, "Accepted"),
        (reply({"message": "Invalid user id!", "statusCode": 400}), Rejected, "Invalid user id!"),
        (reply({"message": "Slow down", "code": 429}), RateLimited, None),
        (reply({"success": False, "message": "Odd"}), ErrorReported, "Odd"),
        (reply({"status": "error", "message": "Odd"}), ErrorReported, "Odd"),
        (reply({"error": {"code": 402, "message": "Odd"}}), PaymentRequired, None),
        (reply(b'\xef\xbb\xbf\r\n {"error": "Odd"}', Content_Type="text/html; charset=UTF-8"), ErrorReported, "Odd"),
    ],
)
async def test_says_what_was_wrong(
    make: Make, server: WireServer, sent: bytes, kind: type[ProviderError], reason: str | None
) -> None:
    server.play(sent)
    with pytest.raises(ProviderError) as caught:
        await ask(make("tamako"))
    assert type(caught.value) is kind
    assert getattr(caught.value, "reason", None) == reason


@pytest.mark.parametrize("error", [None, False, "", 0, []])
async def test_an_error_that_is_none_does_not_count(make: Make, server: WireServer, error: object) -> None:
    server.play(reply({"error": error, "message": "Hello"}))
    assert await ask(make("tamako")) == "Hello"


async def test_its_minutes_and_seconds_are_a_time(join: Make, apis: Apis) -> None:
    apis.tamako.fails("rate-limited")
    with pytest.raises(RateLimited) as caught:
        await ask(join("tamako"))
    assert caught.value.retry_after == 14 * 60 + 59
    assert len(apis.tamako.received) == 1


async def test_the_response_comes_before_the_message(make: Make, server: WireServer) -> None:
    server.play(reply({"response": "first", "message": "second"}))
    assert await ask(make("tamako")) == "first"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("a &lt; b &amp;&amp; c &gt; d &quot;e&#39; &#x3C;f", "a < b && c > d \"e' <f"),
        ("&amp;lt; stays one entity", "&lt; stays one entity"),
        ("&copy &notin; &nbsp; &lt &#128512;", "&copy &notin; &nbsp; &lt &#128512;"),
    ],
)
async def test_the_servers_entities_are_undone_once(make: Make, server: WireServer, sent: str, shown: str) -> None:
    server.play(reply({"response": sent}))
    assert await ask(make("tamako")) == shown


async def test_a_fault_at_the_stand_in(join: Make, apis: Apis) -> None:
    apis.tamako.fails(Status(500))
    with pytest.raises(ServerFault):
        await ask(join("tamako"))
    apis.tamako.clear()
    apis.tamako.answers(Reply("well again"))
    assert await ask(join("tamako")) == "well again"


def test_does_not_stream(make: Make) -> None:
    tamako: Any = make("tamako")
    assert (tamako.streams, tamako.remembers, tamako.question_limit, tamako.options) == (False, "people", None, ())


@pytest.mark.parametrize("part", ["word ", "x = {\n}", "ä", "漢字", "🍕"])
async def test_a_question_that_is_taken_fits_into_the_address(make: Make, server: WireServer, part: str) -> None:
    tamako = make("tamako")
    parts = bisect_left(range(8000), True, key=lambda number: not tamako.takes(part * number)) - 1
    assert parts > 500 / len(part)
    server.play(reply({"response": "Hello"}))
    await ask(tamako, replace(PROMPT, text=part * parts, user_key="123456789.2", persona=PERSONA))
    assert 6000 < len(server.heard[0].target) < 8000


@pytest.mark.parametrize("login", [*TamakoLogin])
async def test_each_generation_of_servers_gets_its_login(join: Make, apis: Apis, login: TamakoLogin) -> None:
    apis.tamako.login = login
    assert await ask(join("tamako"))
    assert apis.tamako.received[-1].refused is None


async def test_a_wrong_newer_login_is_told(join: Make, apis: Apis) -> None:
    apis.tamako.login = TamakoLogin.SERVICE
    with pytest.raises(Unauthorized):
        await ask(join("tamako", TAMAKO_SVCSECRET="wrong"))


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        (set(), {"USERNAME", "APP_ID", "APP_SECRET"}),
        ({"USERNAME"}, {"APP_ID", "APP_SECRET"}),
        ({"USERNAME", "API_URL"}, {"APP_ID", "APP_SECRET"}),
        ({"SVCID", "SVCSECRET"}, {"PRVID"}),
        ({"SVCID", "SVCSECRET", "API_URL"}, {"PRVID"}),
        ({"USERNAME", "PRVID", "SVCID", "SVCSECRET"}, set()),
        ({"PRVID", "SVCID", "SVCSECRET"}, set()),
        ({"API_URL"}, set()),
    ],
)
def test_a_login_is_whole_or_missing_something(given: set[str], missing: set[str]) -> None:
    environment = {f"TAMAKO_{name}": "https://tamako.example/" for name in given}
    settings = TamakoSettings.from_environment(environment)
    assert set(settings.missing) == {f"TAMAKO_{name}" for name in missing}
    assert settings.configured == (not missing)
    assert settings.partly_configured == bool(given - {"API_URL"})


@pytest.mark.parametrize(("text", "limit"), [("a" * 6501, 6500), ("ж" * 1900, 1083), ("🍕" * 1000, 541)])
def test_a_question_too_long_for_an_address_has_a_limit(make: Make, text: str, limit: int) -> None:
    tamako = make("tamako")
    assert tamako.max_chars(text) == limit
    assert tamako.takes(text[:limit])
    assert not tamako.takes(text[: limit + 1])
    assert tamako.max_chars(text[:limit]) is None


def test_what_is_quoted_is_shortened_before_a_question_is_refused(make: Make) -> None:
    tamako = make("tamako")
    config: Any = SimpleNamespace(provider=tamako)
    question = replace(make_question("ш" * 800), quote=Quote("Ada", "ж" * 1000))
    check(question, config)
    composed = compose_within(question, tamako.takes)
    assert tamako.takes(composed)
    assert composed.count("ш") == 800
    assert 40 < composed.count("ж") < 1000
    with pytest.raises(QuestionTooLong) as caught:
        check(replace(question, text="ш" * 1100), config)
    assert caught.value.alone == 1100
