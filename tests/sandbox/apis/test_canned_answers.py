"""The default answers: plausible, what was asked for, and in other words each time the same is asked again."""

import re

import pytest

from bot.text.markdown import to_discord_markdown
from sandbox.apis import Apis
from sandbox.apis.canned_answers import Persona, answer
from sandbox.apis.repeats import MAX_KEPT, Repeats
from tests.sandbox.apis.sample_requests import LEFT_OUT, NAMES, Asker

PERSONA = Persona("Basil", "somebody")


WHAT_NEWCOMERS_ASK = [
    ("Show me a table", "```\n"),
    ("a picture", "](https://sandbox.invalid/pictures/"),
    ("A formula, please", "²"),
    ("some code", "```python\n"),
    ("a spoiler", "||"),
    ("Compare two things", "---"),
    ("draw me something", "](https://sandbox.invalid/pictures/"),
    ("do some maths", "√"),
    ("a quote", "> "),
    ("show me everything you can", "||a spoiler||"),
    ("What can you do?", "a table"),
]


USER_FIELDS = {
    "tamako": "user",
    "stammer": "user_key",
    "chatbot": "sessionId",
    "chatbase": "conversationId",
    "chatbase-v2": "userId",
}


def said(question: str, *earlier: str, run: int = 0) -> str:
    return answer(question, earlier, PERSONA, run)


@pytest.mark.parametrize(("question", "shown"), WHAT_NEWCOMERS_ASK)
def test_newcomers_are_shown_what_they_ask_for(question: str, shown: str) -> None:
    assert shown in to_discord_markdown(said(question))


@pytest.mark.parametrize(
    "question",
    [*(question for question, _ in WHAT_NEWCOMERS_ASK), "Hello!", "a joke", "Why is the sea salty?", "a long story"],
)
def test_each_run_has_other_words(question: str) -> None:
    assert said(question) == said(question, run=0)
    assert len({said(question, run=run) for run in range(2)}) == 2
    assert said(question) != answer(question, (), Persona("Pip", "x", voice=1))


@pytest.mark.parametrize("question", ["a table", "a picture", "Hello", "Why is the sea salty?", "oven"])
@pytest.mark.parametrize("name", NAMES)
async def test_every_api_has_other_words_for_who_asks_again(ask: Asker, apis: Apis, name: str, question: str) -> None:
    first = await ask.said(name, question)
    assert await ask.said(name, question) != first
    assert await ask.said(name, question, **{USER_FIELDS[name]: "somebody-else"}) == first


async def test_a_jump_in_a_story_has_other_words_too(ask: Asker) -> None:
    answers = [(await ask("chatbot", query=LEFT_OUT, goto="hours")).text for _ in range(2)]
    first, second = [re.findall('"message":"([^"]+)"', told) for told in answers]
    assert first != second
    assert second[0].startswith("We are open")


def test_only_so_many_questions_are_counted() -> None:
    repeats = Repeats()
    assert [repeats.count("alice", "first"), repeats.count("alice", "FIRST"), repeats.count("bob", "first")] == [
        0,
        1,
        0,
    ]
    for number in range(MAX_KEPT):
        repeats.count("carol", str(number))
    assert [repeats.count("carol", "999"), repeats.count("alice", "first")] == [1, 0]


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
