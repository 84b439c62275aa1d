"""What each stand-in remembers, of whom, and that nobody gets another's."""

import pytest

from sandbox.apis.memory import Memory
from tests.sandbox.apis.sample_requests import Asker

WHO = {"tamako": "user", "stammer": "user_key", "chatbot": "sessionId"}
ALICE, BOB = "111111111111111111", "222222222222222222"
RECALL = "What did I say before?"


@pytest.mark.parametrize("name", WHO)
async def test_two_users_are_kept_apart(ask: Asker, name: str) -> None:
    alice, bob = {WHO[name]: ALICE}, {WHO[name]: BOB}
    await ask(name, "My cat is called Mo", **alice)
    await ask(name, "My dog is called Rex", **bob)
    assert "Mo" in await ask.said(name, RECALL, **alice)
    heard = await ask.said(name, RECALL, **bob)
    assert "Rex" in heard
    assert "Mo" not in heard


@pytest.mark.parametrize("name", WHO)
async def test_a_new_key_begins_afresh(ask: Asker, name: str) -> None:
    await ask(name, "My cat is called Mo", **{WHO[name]: ALICE})
    assert "first thing" in await ask.said(name, RECALL, **{WHO[name]: f"{ALICE}.1"})


@pytest.mark.parametrize("name", WHO)
async def test_scripted_answers_are_remembered_and_refused_questions_are_not(ask: Asker, name: str) -> None:
    api = ask.apis.find(name)
    api.answers("scripted", times=1)
    await ask(name, "My cat is called Mo")
    api.fails("server-error", times=1)
    await ask(name, "My dog is called Rex")
    heard = await ask.said(name, RECALL)
    assert "Mo" in heard
    assert "Rex" not in heard


async def test_chatbase_knows_only_what_is_sent(ask: Asker) -> None:
    await ask("chatbase", "My cat is called Mo", conversationId="c1")
    assert "first thing" in await ask.said("chatbase", RECALL, conversationId="c1")
    sent = [
        {"role": "user", "content": "My cat is called Mo"},
        {"role": "assistant", "content": "Nice."},
        {"role": "user", "content": RECALL},
    ]
    assert "Mo" in await ask.said("chatbase", "", messages=sent)


def test_memory_keeps_the_newest_fifty() -> None:
    memory = Memory()
    for number in range(60):
        memory.add("a", str(number))
    assert memory.of("a") == [str(number) for number in range(10, 60)]
    assert memory.of("b") == []


def test_memory_forgets_after_being_idle() -> None:
    now = 0.0
    memory = Memory(idle=10.0, clock=lambda: now)
    memory.add("a", "x")
    now = 10.0
    assert memory.of("a") == ["x"]
    now = 10.1
    assert memory.of("a") == []
