"""What catching up asks of the answers: who was answered since, and where somebody wrote directly."""

from bot.domain.leases import Owner
from bot.domain.stores import AnswerStore
from bot.store.open import open_store
from bot.store.ports.base import Stores
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


async def test_another_bots_answers_on_the_same_database_hide_no_question(url: str) -> None:
    async with (
        open_store(url, owner=Owner("a" * 15, lambda: 7)) as mine,
        open_store(url, owner=Owner("b" * 15, lambda: 8)) as others,
    ):
        await ask(mine.answers, 1)
        await others.answers.begin(make_asked("other-2", question=2))
        await others.answers.begin(make_asked("other-3", question=3, channel=OTHER_CHANNEL, server=None))
        await others.answers.set_messages("other-2", [50], [])
        assert await mine.answers.latest_questions(CHANNEL, {PERSON}, 0) == {PERSON: 1}
        assert await others.answers.latest_questions(CHANNEL, {PERSON}, 0) == {PERSON: 2}
        assert await mine.answers.direct_messages(9) == []
        assert await others.answers.direct_messages(9) == [OTHER_CHANNEL]
        assert await mine.answers.answer_in(50) is None
        assert await others.answers.answer_in(50) is not None
