"""The default answers: plausible, always the same, and long when asked for something long."""

import pytest

from sandbox.apis.canned_answers import Persona, answer
from tests.sandbox.apis.sample_requests import NAMES, Asker

PERSONA = Persona("Basil", "somebody")


def said(question: str, *earlier: str) -> str:
    return answer(question, earlier, PERSONA)


@pytest.mark.parametrize("question", ["Hello!", "Tell me a joke", "Why is the sea salty?", "", "ünïcödé 🦊"])
def test_the_same_question_gets_the_same_answer(question: str) -> None:
    assert said(question) == said(question)
    assert said(question)


def test_keywords_choose_the_answer() -> None:
    assert len(said("Tell me something long")) > 4000
    assert "```python" in said("Show me some code")
    assert "\n2. " in said("Give me a list of ideas")
    assert "Basil" in said("Who are you?")
    assert "Paris" in said("What is the capital of France?")
    assert len(said("How long is the Nile?")) < 500


def test_an_unknown_question_is_quoted_and_shortened() -> None:
    assert "“Why is the sea salty”" in said("Why is the sea salty?")
    assert len(said("word " * 500)) < 500


def test_braces_in_a_question_do_no_harm() -> None:
    assert "{question} {0}" in said("{question} {0}")


def test_recalls_what_was_said() -> None:
    assert "first thing" in said("What did I say before?")
    assert "“blue”" in said("what did I just say?", "blue")
    assert said("What did I say before?", *"abcdef").endswith("1. b\n2. c\n3. d\n4. e\n5. f")


def test_a_system_prompt_shows_when_asked() -> None:
    assert "Be kind" in answer("Who are you?", (), Persona("Stella", "x", "Be kind"))


@pytest.mark.parametrize("name", NAMES)
async def test_every_api_gives_a_long_answer(ask: Asker, name: str) -> None:
    assert len(await ask.said(name, "Tell me something long, please")) > 4000
