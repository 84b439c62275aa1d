"""What is sent with a question, and how long a conversation keeps its id."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.answer_config import AnswerConfig
from bot.conversation.history import Bounds
from bot.conversation.prompt_builder import PromptBuilder
from bot.domain.conversation import Retried
from bot.domain.conversation_key import ConversationKey
from bot.domain.errors import DatabaseUnavailable
from bot.domain.provider import Persona, Prompt
from bot.domain.question import WITHHELD, Quote, Thread
from tests.fakes.conversation_store import FakeConversationStore
from tests.fakes.providers_and_stores import FakeProvider, make_location, make_question
from tests.virtual_time import run_virtual

STARTER = Quote("Bob", "My bread burns, whatever I do, and I cannot say why.")
STATELESS = AnswerConfig(FakeProvider(), Persona(name="Ada"), {"model": "x"})
STATEFUL = AnswerConfig(FakeProvider(name="tamako", remembers="people"), Persona(), {})


class Chat:
    """One channel's conversation. Every forum post in it begins with `STARTER`; `read` has the posts looked at."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        self.conversations = FakeConversationStore()
        self.prompt_builder = PromptBuilder(self.conversations, bounds or Bounds(), self.starter)
        self.read: list[int] = []

    async def starter(self, post: int) -> Quote:
        """Return what a forum post begins with."""
        self.read.append(post)
        return STARTER

    async def turn(self, question: str, answer: str = "Yes.", *, channel: int = 1) -> Prompt:
        """Ask and store the answer; returns what was sent."""
        asked = make_question(question, channel=channel)
        built_prompt = await self.prompt_builder.prompt(asked, STATELESS)
        turn = self.prompt_builder.turn(asked, STATELESS, built_prompt, answer)
        assert turn is not None
        self.conversations.put(turn)
        return built_prompt.prompt

    async def fail(self, question: str) -> Prompt:
        """Ask without getting an answer; returns what was sent."""
        return (await self.prompt_builder.prompt(make_question(question), STATELESS)).prompt


async def test_a_prompt_is_made_of_the_question_and_the_settings() -> None:
    question = replace(make_question("And this?"), quote=Quote("Ada", "Look."), jump="place")
    prompt = (await Chat().prompt_builder.prompt(question, STATELESS)).prompt
    assert prompt.text == "Ada wrote:\n> Look.\n\nAnd this?"
    assert (prompt.persona, prompt.options, prompt.jump) == (Persona(name="Ada"), {"model": "x"}, "place")
    assert (prompt.user_key, prompt.history) == ("4711", ())


async def test_the_id_stays_while_the_conversation_fits() -> None:
    chat = Chat(Bounds(messages=4))
    first, second, third = [await chat.turn(f"{number}?") for number in range(3)]
    assert first.conversation_id == second.conversation_id == third.conversation_id
    assert [message.text for message in third.history] == ["0?", "Yes.", "1?", "Yes."]


async def test_a_full_conversation_is_followed_by_a_new_one_that_starts_from_its_end() -> None:
    chat = Chat(Bounds(messages=8))
    prompts = [await chat.turn(f"{number}?") for number in range(7)]
    ids = [prompt.conversation_id for prompt in prompts]
    assert ids == [ids[0]] * 5 + [ids[5]] * 2
    assert ids[0] != ids[5]
    assert [message.text for message in prompts[5].history] == ["4?", "Yes."]
    assert [message.text for message in prompts[6].history] == ["4?", "Yes.", "5?", "Yes."]
    new = chat.conversations.recorded[5][0]
    assert (new.replaces, new.kept) == (ids[0], (5,))
    assert [turn.replaces for turn, _ in chat.conversations.recorded] == [None] * 5 + [ids[0], None]


async def test_a_new_conversation_that_was_never_answered_leaves_the_old_one_in_place() -> None:
    chat = Chat(Bounds(messages=2))
    for number in range(2):
        await chat.turn(f"{number}?")
    current = chat.conversations.current["chatbase", ConversationKey(1)]
    failed = await chat.fail("2?")
    assert failed.conversation_id != current
    assert chat.conversations.current["chatbase", ConversationKey(1)] == current
    assert [message.text for message in (await chat.turn("3?")).history] == ["1?", "Yes."]


@pytest.mark.parametrize("clears", [False, True])
async def test_a_conversation_that_is_gone_is_not_followed_by_one_with_its_id(clears: bool) -> None:
    chat = Chat()
    gone = await (chat.fail if clears else chat.turn)("mine?")
    if clears:
        await chat.prompt_builder.clear(make_question(), STATELESS)
    # Nobody said anything for long, and so it was swept.
    chat.conversations.current.clear()
    chat.conversations.cleared.clear()
    chat.conversations.turns.clear()
    assert (await chat.turn("anybody?")).conversation_id != gone.conversation_id


async def test_a_failed_first_question_leaves_nothing() -> None:
    chat = Chat()
    await chat.fail("0?")
    assert chat.conversations.current == {}
    assert (await chat.turn("1?")).history == ()


async def test_a_clear_begins_a_new_conversation() -> None:
    chat = Chat()
    before = await chat.turn("0?")
    await chat.prompt_builder.clear(make_question(), STATELESS)
    after, next_one = await chat.turn("1?"), await chat.turn("2?")
    assert after.history == ()
    assert before.conversation_id != after.conversation_id == next_one.conversation_id


async def test_channels_have_conversations_of_their_own() -> None:
    chat = Chat()
    here, there = await chat.turn("0?"), await chat.turn("0?", channel=2)
    assert here.conversation_id != there.conversation_id
    assert there.history == ()


async def test_a_stateful_provider_gets_only_the_askers_key() -> None:
    chat = Chat()
    question = make_question()
    built_prompt = await chat.prompt_builder.prompt(question, STATEFUL)
    assert (built_prompt.prompt.user_key, built_prompt.prompt.conversation_id) == ("4711", "")
    assert chat.prompt_builder.turn(question, STATEFUL, built_prompt, "Yes.") is None
    assert chat.conversations.asked_for == []
    await chat.prompt_builder.clear(make_question(), STATEFUL)
    assert (await chat.prompt_builder.prompt(question, STATEFUL)).prompt.user_key == "4711.1"
    assert (await chat.prompt_builder.prompt(replace(question, asker=815), STATEFUL)).prompt.user_key == "815"


async def test_a_retry_sends_only_earlier_turns() -> None:
    chat = Chat()
    for number in range(5):
        first = await chat.turn(f"{number}?")
    third = list(chat.conversations.turns)[2]
    built_prompt = await chat.prompt_builder.prompt(make_question("2, really?"), STATELESS, retried=Retried(third))
    assert [message.text for message in built_prompt.prompt.history][-4:] == ["0?", "Yes.", "1?", "Yes."]
    assert built_prompt.retry_of_turn == third
    turn = chat.prompt_builder.turn(make_question("2, really?"), STATELESS, built_prompt, "No.")
    assert turn is not None
    chat.conversations.put(turn)
    assert [turn.answer for turn in chat.conversations.turns.values()] == ["Yes.", "Yes.", "No.", "Yes.", "Yes."]
    assert (await chat.turn("5?")).conversation_id == first.conversation_id


async def test_messages_that_do_not_fit_are_counted() -> None:
    chat = Chat(Bounds(messages=4))
    for number in range(3):
        await chat.turn(f"{number}?")
    built_prompt = await chat.prompt_builder.prompt(make_question("3?"), STATELESS)
    assert (len(built_prompt.prompt.history), built_prompt.left_out) == (2, 4)


async def test_reading_is_bounded() -> None:
    chat = Chat(Bounds(messages=6))
    for number in range(30):
        await chat.turn(f"{number}?")
    assert set(chat.conversations.asked_for) == {4}


async def test_a_database_that_is_down_is_an_error() -> None:
    chat = Chat()
    chat.conversations.down = True
    for config in (STATELESS, STATEFUL):
        with pytest.raises(DatabaseUnavailable):
            await chat.prompt_builder.prompt(make_question(), config)


class TestThreads:
    """What a provider is told of the thread or forum post that it is asked in."""

    POST = Thread("Bread", is_post=True)
    TOLD = f"Forum post: Bread\n\nBob wrote:\n> {STARTER.text}\n\nWhy?"

    async def test_the_first_question_that_is_answered_tells_of_it(self) -> None:
        chat, question = Chat(), replace(make_question("Why?"), thread=self.POST)
        for _ in range(2):
            built = await chat.prompt_builder.prompt(question, STATELESS)
            assert built.prompt.text == self.TOLD
            assert built.thread == replace(self.POST, starter=STARTER, is_told=True)
        turn = chat.prompt_builder.turn(replace(question, thread=built.thread), STATELESS, built, "Yes.")
        assert turn is not None
        chat.conversations.put(turn)
        assert turn.question == self.TOLD
        later = await chat.prompt_builder.prompt(question, STATELESS)
        assert (later.prompt.text, later.thread) == ("Why?", None)
        again = await chat.prompt_builder.prompt(question, STATELESS, retried=Retried(1))
        assert again.prompt.text == self.TOLD
        assert chat.read == [1, 1, 1]

    async def test_a_provider_that_remembers_people_is_told_once_in_each_conversation(self) -> None:
        chat, question = Chat(), replace(make_question("Why?"), thread=Thread("aside"))
        for _ in range(2):
            built = await chat.prompt_builder.prompt(question, STATEFUL)
            assert built.prompt.text == "Thread: aside\n\nWhy?"
        chat.prompt_builder.turn(question, STATEFUL, built, "Yes.")
        assert (await chat.prompt_builder.prompt(question, STATEFUL)).prompt.text == "Why?"
        for other in (replace(question, asker=815), replace(question, location=make_location(2))):
            assert (await chat.prompt_builder.prompt(other, STATEFUL)).thread is not None
        await chat.prompt_builder.clear(make_question(), STATEFUL)
        assert (await chat.prompt_builder.prompt(question, STATEFUL)).thread is not None

    async def test_the_first_message_of_a_post_is_not_told_of_with_itself(self) -> None:
        chat = Chat()
        question = replace(make_question("Why?"), id=1, thread=self.POST)
        assert (await chat.prompt_builder.prompt(question, STATELESS)).prompt.text == "Forum post: Bread\n\nWhy?"
        assert chat.read == []
        for about in (replace(question, id=2, quote=STARTER), replace(question, id=3, text=STARTER.text)):
            sent = (await chat.prompt_builder.prompt(about, STATELESS)).prompt.text
            assert sent.count(STARTER.text) == 1

    @pytest.mark.parametrize(
        ("limit", "sent"),
        [
            (len(TOLD), TOLD),
            (
                len(TOLD) - 1,
                "Forum post: Bread\n\nBob wrote:\n> My bread burns, whatever I do, and I cannot say […]\n\nWhy?",
            ),
            (60, "Forum post: Bread\n\nWhy?"),
            (20, "Why?"),
        ],
    )
    async def test_it_is_shortened_before_a_question_is_too_long(self, limit: int, sent: str) -> None:
        config = replace(STATELESS, provider=FakeProvider(question_limit=limit))
        question = replace(make_question("Why?"), thread=self.POST)
        assert (await Chat().prompt_builder.prompt(question, config)).prompt.text == sent


TURNS = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 30), st.sampled_from(["turn", "turn", "fail", "clear"])))


@given(TURNS, st.integers(0, 7), st.integers(0, 80))
def test_what_is_sent_never_exceeds_the_bounds(
    turns: list[tuple[int, int, str]], max_messages: int, max_characters: int
) -> None:
    run_virtual(converse(turns, Bounds(max_messages, max_characters)))


async def converse(turns: list[tuple[int, int, str]], bounds: Bounds) -> None:
    """Play a conversation, and check every prompt of it."""
    chat, said, last = Chat(bounds), list[str](), ""
    for number, (question_length, answer_length, step) in enumerate(turns):
        if step == "clear":
            await chat.prompt_builder.clear(make_question(), STATELESS)
            said, last = [], ""
            continue
        question, answer = f"{number}?".ljust(question_length, "x"), f"{number}.".ljust(answer_length, "y")
        prompt = await (chat.fail(question) if step == "fail" else chat.turn(question, answer))
        sent = [message.text for message in prompt.history]
        assert len(sent) <= bounds.messages
        assert len(sent) % 2 == 0
        assert sum(map(len, sent)) <= bounds.characters
        assert sent == said[len(said) - len(sent) :]
        if last:
            assert (prompt.conversation_id == last) == (sent == said)
        if step == "turn":
            said, last = [*sent, question, answer], prompt.conversation_id


async def test_a_first_question_that_failed_is_asked_again_under_the_same_id() -> None:
    chat = Chat()
    failed = await chat.fail("first")
    first = await chat.turn("first, again")
    second = await chat.turn("second")
    assert failed.conversation_id == first.conversation_id == second.conversation_id
    elsewhere = await chat.turn("first", channel=2)
    assert elsewhere.conversation_id != first.conversation_id


async def test_what_somebody_said_who_opted_out_goes_along_with_their_own_questions_only() -> None:
    out, conversations = set[int](), FakeConversationStore()
    builder = PromptBuilder(conversations, Bounds(messages=8), opted_out=out.__contains__)

    async def ask(asker: int, text: str) -> Prompt:
        question = replace(make_question(text), asker=asker, name=f"person {asker}")
        built = await builder.prompt(question, STATELESS)
        turn = builder.turn(question, STATELESS, built, "Yes.")
        assert turn is not None
        conversations.put(turn)
        return built.prompt

    first = await ask(1, "mine?")
    await ask(2, "theirs?")
    out.add(1)
    prompt = await ask(2, "and now?")
    assert [message.text for message in prompt.history] == ["theirs?", "Yes."]
    assert prompt.text == "and now?", "nobody else is named"
    assert prompt.conversation_id == first.conversation_id, "it goes on"
    assert any("mine?" in message.text for message in (await ask(1, "what do I remember?")).history)
    await ask(1, "and this?")
    prompt = await ask(2, "is it full?")
    assert prompt.conversation_id != first.conversation_id, "as many turns as fit were said, those left out included"
    assert not any("mine?" in message.text or "remember" in message.text for message in prompt.history)


async def test_an_older_question_that_quotes_somebody_who_opted_out_is_asked_again_without() -> None:
    quote, mine = Quote("Ada", "Look.", author_id=7), Quote("Bob", "Look.", author_id=4711)
    thread = Thread("Bread", starter=quote)
    asked = replace(make_question("And this?"), quote=quote, thread=thread)
    assert asked.without_words_of(lambda _: False) == asked
    without = asked.without_words_of(lambda person: person == 7)
    assert (without.quote, without.thread) == (WITHHELD, Thread("Bread"))
    assert replace(asked, quote=mine).without_words_of(lambda _: True).quote == mine
    assert replace(asked, quote=STARTER).without_words_of(lambda _: True).quote == STARTER, (
        "it is not known whose it is"
    )
