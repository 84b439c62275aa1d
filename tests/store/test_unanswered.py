"""What catching up asks of the answers: who was answered since, and where somebody wrote directly."""

from bot.domain.stores import AnswerStore
from bot.store.stores import Stores
from tests.store.conftest import HandClock
from tests.store.samples import CHANNEL, OTHER_CHANNEL, OTHER_PERSON, PERSON, make_asked


async def ask(store: AnswerStore, question: int, **parts: object) -> None:
    """Store that a question is being answered."""
    await store.begin(make_asked(f"answer-{question}", question=question, **parts))  # type: ignore[arg-type]


async def test_the_latest_question_of_each_asker_in_a_channel(store: Stores) -> None:
    await ask(store.answers, 1)
    await ask(store.answers, 3)
    await ask(store.answers, 2, token="by a command")
    await ask(store.answers, 4, asker=OTHER_PERSON)
    await ask(store.answers, 5, channel=OTHER_CHANNEL)
    latest = store.answers.latest_questions
    assert await latest(CHANNEL, {PERSON, OTHER_PERSON, 7}, 0) == {PERSON: 3, OTHER_PERSON: 4}
    assert await latest(CHANNEL, {PERSON}, 3) == {PERSON: 3}
    assert await latest(CHANNEL, {PERSON}, 4) == {}
    assert await latest(CHANNEL, (), 0) == {}


async def test_the_direct_messages_that_somebody_wrote_last_come_first(store: Stores, clock: HandClock) -> None:
    for question, channel in enumerate([11, 12, 13, 11, 14], start=1):
        clock.now += 1
        await ask(store.answers, question, channel=channel, server=None)
    await ask(store.answers, 8, channel=15, server=None, token="a command, perhaps among others")
    await ask(store.answers, 9)
    assert await store.answers.direct_messages(9) == [14, 11, 13, 12]
    assert await store.answers.direct_messages(2) == [14, 11]
