"""The log tells the story of each question, from its message to its last edit: all lines of it have its id."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.apis import Reply, Status
from sandbox.discord import Message
from sandbox.discord.limits.rate_limits import CREATE_MESSAGES
from tests.e2e.answer_steps import begin
from tests.e2e.stage import Stage

LOGS_PAGE = (Path(__file__).parents[2] / "docs/logs.md").read_text()
MESSAGES = ("POST", "/channels/{channel_id}/messages")


def story(stage: Stage, question: int) -> list[dict[str, Any]]:
    """Return the events with a question's id."""
    events = [json.loads(line) for line in stage.log.stream.getvalue().splitlines()]
    return [event for event in events if event.get("correlation_id") == str(question)]


def told(events: list[dict[str, Any]]) -> list[str]:
    return [event["message"] for event in events]


def took(events: list[dict[str, Any]]) -> list[str]:
    return [line for line in told(events) if line.startswith("Discord took request ")]


def about(stage: Stage, question: int) -> list[str]:
    """Return what is said about a question by name, whatever id it has."""
    events = [json.loads(line) for line in stage.log.stream.getvalue().splitlines()]
    return [event["message"] for event in events if str(question) in event["message"]]


async def test_a_question_with_a_retry_and_a_429(stage: Stage) -> None:
    stage.apis.chatbase.fails(Status(503, retry_after="0.1"), times=1)
    stage.apis.chatbase.answers("All is well.", times=1)
    stage.discord.rate_limit(*MESSAGES, 0.1, times=1)
    question = await stage.alice.say(stage.general, stage.mention("is all well?"))
    await stage.answer(question)
    await stage.idle()
    assert stage.discord.rate_limited
    stage.discord.rate_limited.clear()
    events = story(stage, question.id)
    route = f"POST /api/v10/channels/{stage.general.id}/messages"
    steps = [line for line in told(events) if line not in took(events)]
    assert steps == [
        f"question {question.id} begins",
        f"question {question.id} is claimed",
        f"question {question.id}: its turn came after {events[-1]['waited_ms']} ms",
        "Chatbase is asked",
        "Chatbase: try 1 failed (ServerFault), another follows",
        f"Discord has {route} wait for 1 s (429)",
        f"question {question.id}: its answer is stored",
        f"question {question.id} answered by chatbase: in full",
    ]
    assert len(took(events)) == events[-1]["edits"] >= 1
    first, last = events[0], events[-1]
    assert (first["level"], last["level"]) == ("INFO", "INFO")
    assert (first["server"], first["channel"], first["run"]) == (str(stage.guild.id), str(stage.general.id), 1)
    assert (last["provider"], last["outcome"], last["error"]) == ("chatbase", "whole", None)
    assert last["total_ms"] >= last["first_text_ms"] >= 100
    assert last["retries"] == 0


async def test_two_questions_at_once_are_not_mixed(stage: Stage) -> None:
    """Their requests wait for one limit, and so begin in each other's tasks."""
    stage.discord.limits.change(CREATE_MESSAGES, count=1, window=0.2)
    streams = [stage.apis.chatbase.hold() for _ in range(3)]
    people = (stage.admin, stage.alice, stage.bob)
    questions = [await person.say(stage.general, stage.mention("what is new?")) for person in people]
    for stream in streams:
        await stream.send("Not much.")
    for stream in streams:
        await stream.finish()
    for question in questions:
        await stage.answer(question)
    await stage.idle()
    stage.discord.rate_limited.clear()
    for question in questions:
        lines = told(story(stage, question.id))
        assert about(stage, question.id) == [line for line in lines if str(question.id) in line]
        assert not [other for other in questions if other is not question and str(other.id) in "\n".join(lines)]
        assert lines[0] == f"question {question.id} begins"
        assert lines[-1] == f"question {question.id} answered by chatbase: in full"
        taken = took(story(stage, question.id))
        assert taken == [f"Discord took request {number} of an answer" for number in range(1, len(taken) + 1)]
        assert story(stage, question.id)[-1]["edits"] == len(taken) >= 1


@pytest.mark.parametrize("how", ["stopped", "refused", "deleted", "failed", "by command"])
async def test_every_question_has_a_beginning_and_an_end(stage: Stage, how: str) -> None:
    question: Message | None
    match how:
        case "stopped":
            _, question, answer = await begin(stage)
            await stage.alice.press(answer, "Stop")
            await stage.finished(answer)
        case "deleted":
            _, question, _ = await begin(stage)
            await stage.alice.delete(question)
        case "failed":
            stage.apis.chatbase.answers(Reply(status=401), times=1)
            question = await stage.alice.say(stage.general, stage.mention("may I?"))
            await stage.answer(question)
        case "refused":
            await stage.use(stage.admin, "settings provider", provider="chatbot")
            question = await stage.alice.say(stage.general, stage.mention("x" * 300))
            await stage.answer(question)
        case _:
            asked = await stage.alice.slash(stage.general, "ask", question="by command?")
            await stage.told(asked)
            question = None
    await stage.idle()
    number = asked.id if question is None else question.id
    events = story(stage, number)
    beginnings = [event for event in events if event["message"] == f"question {number} begins"]
    ends = [event for event in events if "outcome" in event]
    expected = {"stopped": "stopped", "refused": "refused", "deleted": "deleted", "failed": "failed"}.get(how, "whole")
    assert ([event["outcome"] for event in ends], len(beginnings)) == ([expected], 1)
    assert ends[0]["level"] == "INFO"
    fields = {f"`{name}`" for event in events for name in event}
    assert not [field for field in fields if field not in LOGS_PAGE], "docs/logs.md tells of all fields"


async def test_asking_again_goes_on_with_the_story(stage: Stage) -> None:
    answer = await stage.ask(stage.alice, "what is new?")
    question = answer.replied_to
    assert isinstance(question, Message)
    stage.apis.chatbase.answers("Quite a lot.", times=1)
    press = await stage.alice.press(answer, "Retry")
    await answer.wait_until(shows="Quite a lot.")
    await stage.idle()
    runs = [event["run"] for event in story(stage, question.id) if event["message"].endswith(" begins")]
    assert runs == [1, 2]
    assert not [line for line in told(story(stage, press.id)) if "begins" in line]
