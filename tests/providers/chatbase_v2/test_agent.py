"""What Chatbase v2 tells beside answers: the agent and its credits, what it suggests to ask, and answers' scores."""

import json
from dataclasses import replace

import pytest

from bot.domain.errors import NotFound, Unauthorized
from bot.domain.provider import Account, NotReady, Receipt, ScoresAnswers, SuggestsQuestions, Unchecked
from sandbox.apis import Apis
from sandbox.apis.agents.unsettled import Unsettled
from sandbox.apis.agents.workspace import Agent
from tests.providers.chatbase_v2.test_provider import FIRST, ask
from tests.providers.conftest import Make
from tests.providers.wire import WireServer, reply


@pytest.mark.parametrize(
    ("agent", "checked"),
    [
        (Agent("x", "Basil", credits_used=40, credit_limit=100), Account("Basil", 40, 60)),
        (Agent("x", "Basil", credits_used=40, credit_limit=None), Account("Basil", 40, None)),
        (Agent("x", "Basil", credits_used=120, credit_limit=100), Account("Basil", 120, -20)),
        (Agent("x", "Basil", status="training"), NotReady(failed=False)),
        (Agent("x", "Basil", status="failed"), NotReady(failed=True)),
    ],
)
async def test_checking_tells_the_agent(join: Make, apis: Apis, agent: Agent, checked: object) -> None:
    apis.chatbase_v2.workspace.agents = [*(Agent(f"a{n}", "Other") for n in range(120)), agent]
    assert await join("chatbase-v2", CHATBASE_V2_AGENT_ID="x").check() == checked
    assert len(apis.chatbase_v2.received) == 3
    with pytest.raises(NotFound):
        await join("chatbase-v2", CHATBASE_V2_AGENT_ID="y").check()
    with pytest.raises(Unauthorized):
        await join("chatbase-v2", CHATBASE_V2_API_KEY="another").check()


@pytest.mark.parametrize(
    ("page", "checked"),
    [
        ({"data": [], "pagination": {"cursor": "again", "hasMore": True}}, Account("")),
        ({"data": 7}, Unchecked()),
        ([], Unchecked()),
    ],
)
async def test_a_list_without_end_or_sense_proves_no_more_than_the_key(
    make: Make, server: WireServer, page: object, checked: object
) -> None:
    server.play(reply(page))
    assert await make("chatbase-v2").check() == checked
    assert len(server.heard) <= 20
    assert json.dumps([heard.target for heard in server.heard]).count("cursor=again") == len(server.heard) - 1


SUGGESTED = [
    ("Hi", ["Hi"]),
    ({"text": " Two\nlines "}, ["Two lines"]),
    ({"name": "A group", "items": [{"text": "Last", "order": 2}, {"text": "First", "order": 1}]}, ["First", "Last"]),
    ({"text": 7, "items": "none"}, []),
    ("Half \ud83d a pair", ["Half ? a pair"]),
    (["Hi"], []),
    ("", []),
    ("x" * 2001, []),
    (None, []),
]


@pytest.mark.parametrize(("item", "questions"), SUGGESTED)
async def test_an_agents_suggestions_are_read_in_each_form(
    make: Make, server: WireServer, item: object, questions: list[str]
) -> None:
    agent = {"id": "agent-4711", "suggestedMessages": ["One?", item, "One?", {"text": "Two?"}]}
    server.play(reply({"data": [agent], "pagination": {"hasMore": False}}))
    provider = make("chatbase-v2")
    assert isinstance(provider, SuggestsQuestions)
    assert await provider.suggestions() == ["One?", *questions, "Two?"]


@pytest.mark.parametrize("suggested", [None, 7, "text", {}, [[[[["deep"]]]]]])
async def test_no_suggestions_are_none(make: Make, server: WireServer, suggested: object) -> None:
    server.play(reply({"data": [{"id": "agent-4711", "suggestedMessages": suggested}, {"id": "other"}]}))
    provider = make("chatbase-v2")
    assert isinstance(provider, SuggestsQuestions)
    assert list(await provider.suggestions()) == []
    other = make("chatbase-v2", CHATBASE_V2_AGENT_ID="gone")
    assert isinstance(other, SuggestsQuestions)
    assert list(await other.suggestions()) == []


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("score", [0.0, 0.87, None])
async def test_an_answers_score_can_be_read_later(
    join: Make, apis: Apis, score: float | None, *, newest_first: bool
) -> None:
    v2, provider = apis.chatbase_v2, join("chatbase-v2")
    assert isinstance(provider, ScoresAnswers)
    v2.unsettled, v2.workspace.score = Unsettled(newest_first=newest_first), score
    _, receipt = await ask(provider, FIRST)
    v2.workspace.score = 0.1
    for _ in range(60):
        v2.workspace.say(v2.conversations[0], "user", "And then?")
    assert await provider.score(receipt) == score
    assert await provider.score(replace(receipt, answer_id="gone")) is None
    assert await provider.score(Receipt(answer_id=receipt.answer_id)) is None
    assert await provider.score(Receipt(receipt.conversation_id)) is None
    with pytest.raises(NotFound):
        await provider.score(replace(receipt, conversation_id="gone"))


@pytest.mark.parametrize("told", [{"score": 1.5}, {"score": "1"}, {"score": True}, {}, None, 7])
async def test_a_score_that_is_none_is_not_told(make: Make, server: WireServer, told: object) -> None:
    server.play(reply({"data": [{"id": "m", "metadata": told}]}))
    provider = make("chatbase-v2")
    assert isinstance(provider, ScoresAnswers)
    assert await provider.score(Receipt("c", "m")) is None
