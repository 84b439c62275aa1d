"""Stammer.ai: its fields, where its answer stands, the forms of its errors."""

from dataclasses import replace

import pytest

from bot.domain.errors import (
    ErrorReported,
    InvalidResponse,
    NoAnswerYet,
    NoReply,
    NotFound,
    PaymentRequired,
    ProviderError,
    RateLimited,
    Rejected,
    Unauthorized,
    WrongAddress,
)
from sandbox.apis import Apis, Reply, StammerShape
from tests.providers.conftest import PROMPT, Make, ask
from tests.providers.samples import ENVIRONMENTS
from tests.providers.wire import WireServer, reply


async def test_sends_the_documents_fields(make: Make, server: WireServer) -> None:
    server.play(reply({"data": {"answer": "Hello"}}))
    await ask(make("stammer"))
    (heard,) = server.heard
    assert (heard.method, heard.headers["authorization"]) == ("POST", "Token s3cret-stammer-token")
    assert (heard.headers["content-type"], heard.headers["accept"]) == ("application/json", "application/json")
    assert heard.json() == {
        "chatbot_uuid": ENVIRONMENTS["stammer"]["STAMMER_CHATBOT_UUID"],
        "query": PROMPT.text,
        "user_key": PROMPT.user_key,
    }


@pytest.mark.parametrize(
    ("operators", "servers", "sent"),
    [
        (None, None, None),
        ("Be kind.", None, "Be kind."),
        ("Be kind.", "Be terse.", "Be terse."),
        (None, "Be terse.", "Be terse."),
    ],
)
async def test_the_servers_system_prompt_wins(
    make: Make, server: WireServer, operators: str | None, servers: str | None, sent: str | None
) -> None:
    server.play(reply({"data": {"answer": "Hello"}}))
    stammer = make("stammer", STAMMER_SYSTEM_PROMPT=operators or "")
    assert [(option.name, option.default) for option in stammer.options] == [("system-prompt", operators)]
    await ask(stammer, replace(PROMPT, options={"system-prompt": servers} if servers else {}))
    assert server.heard[0].json().get("custom_base_system_prompt") == sent


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize("shape", [shape for shape in StammerShape if shape is not StammerShape.NOTHING])
async def test_finds_the_answer_wherever_it_stands(join: Make, apis: Apis, status: int, shape: StammerShape) -> None:
    apis.stammer.answers(Reply("Hello there", shape=shape, status=status))
    assert await ask(join("stammer"), replace(PROMPT, options={"system-prompt": "Be kind."})) == "Hello there"


@pytest.mark.parametrize(("status", "kind"), [(200, NoReply), (201, NoReply), (202, NoAnswerYet)])
async def test_a_success_without_an_answer(join: Make, apis: Apis, status: int, kind: type[ProviderError]) -> None:
    apis.stammer.answers(Reply("later", shape=StammerShape.NOTHING, status=status))
    with pytest.raises(kind):
        await ask(join("stammer"))


@pytest.mark.parametrize(
    ("sent", "kind", "reason"),
    [
        (reply(b"", 202), NoAnswerYet, None),
        (reply({"data": None}, 202), NoAnswerYet, None),
        (reply({"error": "Agent is paused"}, 202), ErrorReported, "Agent is paused"),
        (reply({"error": "Agent is paused"}), ErrorReported, "Agent is paused"),
        (reply({"error": True, "message": "Agent is paused"}), ErrorReported, "Agent is paused"),
        (reply({"status": "error", "message": "Agent is paused"}), ErrorReported, "Agent is paused"),
        (reply({"success": False, "message": "Agent is paused"}), ErrorReported, "Agent is paused"),
        (reply({"message": "Agent is paused", "code": "AGENT_PAUSED"}), ErrorReported, "Agent is paused"),
        (reply({"message": "No credits", "code": 402}, 201), PaymentRequired, None),
        (reply({"message": "Slow down", "statusCode": 429}, 202), RateLimited, None),
        (reply({"status": "success", "data": {"error": "Agent is paused"}}), ErrorReported, "Agent is paused"),
        (reply({"detail": "Agent is paused"}), ErrorReported, "Agent is paused"),
        (reply({"query": ["Blank."]}), ErrorReported, "query: Blank."),
        (reply({"detail": "Later."}, 202), NoAnswerYet, None),
        (reply({"status": "success", "suggestions": ["a"]}), NoReply, None),
        (reply(b'\xef\xbb\xbf\n{"error": "Odd"}', Content_Type="text/plain"), ErrorReported, "Odd"),
        (reply({"data": {"answer": ["Hello"]}}), InvalidResponse, None),
        (reply({"data": {"answer": " "}}), NoReply, None),
        (reply({"message": {"user_key": ["Blank."]}}, 400), Rejected, "user_key: Blank."),
        (reply({"detail": "Unsupported media type."}, 415), WrongAddress, None),
        (reply({"error": ["One.", "Two."]}, 422), Rejected, "One.; Two."),
        (reply("<html>", 400, Content_Type="text/html"), Rejected, None),
    ],
)
async def test_says_what_was_wrong(
    make: Make, server: WireServer, sent: bytes, kind: type[ProviderError], reason: str | None
) -> None:
    server.play(sent)
    with pytest.raises(ProviderError) as caught:
        await ask(make("stammer"))
    assert type(caught.value) is kind
    assert getattr(caught.value, "reason", None) == reason


async def test_an_answer_beside_an_error_is_shown(make: Make, server: WireServer) -> None:
    server.play(reply({"data": {"answer": "Hello"}, "error": "Cut off", "message": "It was cut off"}))
    answer = make("stammer").stream(PROMPT)
    assert await anext(answer) == "Hello"
    with pytest.raises(ErrorReported) as caught:
        await anext(answer)
    assert caught.value.reason == "It was cut off"


async def test_the_stand_ins_refusals(join: Make, apis: Apis) -> None:
    with pytest.raises(Unauthorized):
        await ask(join("stammer", STAMMER_API_TOKEN="wrong"))
    with pytest.raises(NotFound):
        await ask(join("stammer", STAMMER_CHATBOT_UUID="00000000-0000-0000-0000-000000000000"))
    with pytest.raises(Rejected) as caught:
        await ask(join("stammer"), replace(PROMPT, text=""))
    assert caught.value.reason == "query: This field may not be blank."
    with pytest.raises(WrongAddress, match="301"):
        await ask(join("stammer", STAMMER_API_URL=apis.stammer.url.rstrip("/")))


async def test_a_reason_that_repeats_the_system_prompt_is_dropped(make: Make, server: WireServer) -> None:
    server.play(reply({"custom_base_system_prompt": ["'You are the keeper of the keys' is too odd"]}, 400))
    with pytest.raises(Rejected) as caught:
        await ask(make("stammer", STAMMER_SYSTEM_PROMPT="You are the keeper of the keys"))
    assert caught.value.reason is None


async def test_the_server_remembers_each_user(join: Make, apis: Apis) -> None:
    stammer = join("stammer")
    for key in (PROMPT.user_key, f"{PROMPT.user_key}.1"):
        await ask(stammer, replace(PROMPT, text=f"I am {key}", user_key=key))
        assert list(apis.stammer.memory.of(key)) == [f"I am {key}"]
