"""What goes along with a question, and the life of a conversation's id."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.history import Bounds
from bot.conversation.prompt_builder import PromptBuilder
from bot.conversation.server_settings import AnswerConfig
from bot.domain.errors import DatabaseUnavailable
from bot.domain.provider import Persona, Prompt
from bot.domain.question import Quote
from tests.fakes.providers_and_stores import FakeMemory, FakeProvider, a_place, a_question
from tests.virtual_time import run_virtual

FORGETFUL = AnswerConfig(FakeProvider(), Persona(name="Ada"), {"model": "x"})
MINDFUL = AnswerConfig(FakeProvider(name="tamako", keeps_history=True), Persona(), {})


class Talk:
    """One channel's conversation."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        self.conversations = FakeMemory()
        self.prompt_builder = PromptBuilder(self.conversations, bounds or Bounds())

    async def turn(self, question: str, answer: str = "Yes.", *, channel: int = 1) -> Prompt:
        """Ask and store the answer; returns what was sent."""
        asked = a_question(question, channel=channel)
        built_prompt = await self.prompt_builder.prompt(asked, FORGETFUL)
        turn = self.prompt_builder.turn(asked, FORGETFUL, built_prompt, answer)
        assert turn is not None
        self.conversations.put(turn)
        return built_prompt.prompt

    async def fail(self, question: str) -> Prompt:
        """Ask without getting an answer; returns what was sent."""
        return (await self.prompt_builder.prompt(a_question(question), FORGETFUL)).prompt


async def test_a_prompt_is_made_of_the_question_and_the_settings() -> None:
    question = replace(a_question("And this?"), quote=Quote("Ada", "Look."), jump="place")
    prompt = (await Talk().prompt_builder.prompt(question, FORGETFUL)).prompt
    assert prompt.text == "Ada wrote:\n> Look.\n\nAnd this?"
    assert (prompt.persona, prompt.options, prompt.jump) == (Persona(name="Ada"), {"model": "x"}, "place")
    assert (prompt.user_key, prompt.history) == ("4711", ())


async def test_the_id_stays_while_the_conversation_fits() -> None:
    talk = Talk(Bounds(messages=4))
    first, second, third = [await talk.turn(f"{number}?") for number in range(3)]
    assert first.conversation_id == second.conversation_id == third.conversation_id
    assert [message.text for message in third.history] == ["0?", "Yes.", "1?", "Yes."]


async def test_a_full_conversation_gives_way_to_a_new_one_that_starts_from_its_end() -> None:
    talk = Talk(Bounds(messages=8))
    prompts = [await talk.turn(f"{number}?") for number in range(7)]
    ids = [prompt.conversation_id for prompt in prompts]
    assert ids == [ids[0]] * 5 + [ids[5]] * 2
    assert ids[0] != ids[5]
    assert [message.text for message in prompts[5].history] == ["4?", "Yes."]
    assert [message.text for message in prompts[6].history] == ["4?", "Yes.", "5?", "Yes."]
    new = talk.conversations.recorded[5][0]
    assert (new.replaces, new.kept) == (ids[0], (5,))
    assert [turn.replaces for turn, _ in talk.conversations.recorded] == [None] * 5 + [ids[0], None]


async def test_a_new_conversation_that_was_never_answered_leaves_the_old_one_in_place() -> None:
    talk = Talk(Bounds(messages=2))
    for number in range(2):
        await talk.turn(f"{number}?")
    current = talk.conversations.current["chatbase", 1]
    failed = await talk.fail("2?")
    assert failed.conversation_id != current
    assert talk.conversations.current["chatbase", 1] == current
    assert [message.text for message in (await talk.turn("3?")).history] == ["1?", "Yes."]


async def test_a_failed_first_question_leaves_nothing() -> None:
    talk = Talk()
    await talk.fail("0?")
    assert talk.conversations.current == {}
    assert (await talk.turn("1?")).history == ()


async def test_a_clear_begins_a_new_conversation() -> None:
    talk = Talk()
    before = await talk.turn("0?")
    await talk.prompt_builder.clear(FORGETFUL.provider, a_place(), 4711)
    after, next_one = await talk.turn("1?"), await talk.turn("2?")
    assert after.history == ()
    assert before.conversation_id != after.conversation_id == next_one.conversation_id


async def test_channels_have_conversations_of_their_own() -> None:
    talk = Talk()
    here, there = await talk.turn("0?"), await talk.turn("0?", channel=2)
    assert here.conversation_id != there.conversation_id
    assert there.history == ()


async def test_a_provider_that_remembers_is_told_the_askers_key_alone() -> None:
    talk = Talk()
    question = a_question()
    built_prompt = await talk.prompt_builder.prompt(question, MINDFUL)
    assert (built_prompt.prompt.user_key, built_prompt.prompt.conversation_id) == ("4711", "")
    assert talk.prompt_builder.turn(question, MINDFUL, built_prompt, "Yes.") is None
    assert talk.conversations.asked_for == []
    await talk.prompt_builder.clear(MINDFUL.provider, a_place(), 4711)
    assert (await talk.prompt_builder.prompt(question, MINDFUL)).prompt.user_key == "4711.1"
    assert (await talk.prompt_builder.prompt(replace(question, asker=815), MINDFUL)).prompt.user_key == "815"


async def test_a_question_that_is_asked_again_goes_with_what_was_said_before_it() -> None:
    talk = Talk()
    for number in range(5):
        first = await talk.turn(f"{number}?")
    third = list(talk.conversations.turns)[2]
    built_prompt = await talk.prompt_builder.prompt(a_question("2, really?"), FORGETFUL, again=third)
    assert [message.text for message in built_prompt.prompt.history][-4:] == ["0?", "Yes.", "1?", "Yes."]
    assert built_prompt.retry_of_turn == third
    turn = talk.prompt_builder.turn(a_question("2, really?"), FORGETFUL, built_prompt, "No.")
    assert turn is not None
    talk.conversations.put(turn)
    assert [turn.answer for turn in talk.conversations.turns.values()] == ["Yes.", "Yes.", "No.", "Yes.", "Yes."]
    assert (await talk.turn("5?")).conversation_id == first.conversation_id


async def test_what_no_longer_fits_is_counted() -> None:
    talk = Talk(Bounds(messages=4))
    for number in range(3):
        await talk.turn(f"{number}?")
    built_prompt = await talk.prompt_builder.prompt(a_question("3?"), FORGETFUL)
    assert (len(built_prompt.prompt.history), built_prompt.left_out) == (2, 4)


async def test_reading_is_bounded() -> None:
    talk = Talk(Bounds(messages=6))
    for number in range(30):
        await talk.turn(f"{number}?")
    assert set(talk.conversations.asked_for) == {4}


async def test_a_database_that_is_down_is_told() -> None:
    talk = Talk()
    talk.conversations.down = True
    for setup in (FORGETFUL, MINDFUL):
        with pytest.raises(DatabaseUnavailable):
            await talk.prompt_builder.prompt(a_question(), setup)


TURNS = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 30), st.sampled_from(["turn", "turn", "fail", "clear"])))


@settings(max_examples=60, deadline=None)
@given(TURNS, st.integers(0, 7), st.integers(0, 80))
def test_what_is_sent_never_exceeds_the_bounds(
    turns: list[tuple[int, int, str]], max_messages: int, most_characters: int
) -> None:
    run_virtual(converse(turns, Bounds(max_messages, most_characters)))


async def converse(turns: list[tuple[int, int, str]], bounds: Bounds) -> None:
    """Hold a conversation, and every prompt of it to the contract."""
    talk, said, last = Talk(bounds), list[str](), ""
    for number, (asked, answered, manner) in enumerate(turns):
        if manner == "clear":
            await talk.prompt_builder.clear(FORGETFUL.provider, a_place(), 4711)
            said, last = [], ""
            continue
        question, answer = f"{number}?".ljust(asked, "x"), f"{number}.".ljust(answered, "y")
        prompt = await (talk.fail(question) if manner == "fail" else talk.turn(question, answer))
        sent = [message.text for message in prompt.history]
        assert len(sent) <= bounds.messages
        assert len(sent) % 2 == 0
        assert sum(map(len, sent)) <= bounds.characters
        assert sent == said[len(said) - len(sent) :]
        if last:
            assert (prompt.conversation_id == last) == (sent == said)
        if manner == "turn":
            said, last = [*sent, question, answer], prompt.conversation_id


async def test_a_first_question_that_failed_is_asked_again_under_the_same_id() -> None:
    talk = Talk()
    failed = await talk.fail("first")
    first = await talk.turn("first, again")
    second = await talk.turn("second")
    assert failed.conversation_id == first.conversation_id == second.conversation_id
    elsewhere = await talk.turn("first", channel=2)
    assert elsewhere.conversation_id != first.conversation_id
