"""Buttons: what each says is kept with its answer, in one place, and goes with it by whichever road that goes."""

from collections.abc import Awaitable, Callable

import pytest

from bot.answering.stored_answers import write_pieces
from bot.answering.stored_buttons import StoredButton, Tokens, find_button
from bot.domain.answer import RunResult
from bot.domain.content import Button, Buttons, Card
from bot.store.open import open_store
from bot.store.ports.base import Stores
from tests.databases import find_text
from tests.store.conftest import HandClock
from tests.store.samples import FIGURES, OTHER_PERSON, PERSON, SERVER, make_asked

DAY = 24 * 60 * 60
SECRET, ANOTHER = "marmalade", "gooseberry"
"""What the buttons of a first and of a second version say, and nothing else does."""

Road = Callable[[Stores, HandClock], Awaitable[object]]
"""A way for an answer of PERSON's in SERVER to go, of the question 1000."""


async def pass_time(store: Stores, clock: HandClock) -> None:
    clock.now += 30 * DAY
    await store.personal_data.expire({SERVER: int(clock.now)}, 0)


ROADS: dict[str, Road] = {
    "forgotten": lambda store, _clock: store.personal_data.erase_person(PERSON, ["chatbot"]),
    "question deleted": lambda store, _clock: store.answers.erase("answer-1"),
    "server left": lambda store, _clock: store.personal_data.erase_server(SERVER),
    "too old": pass_time,
}


async def answer_with(
    store: Stores, says: str, number: int = 1, answer: str = "answer-1", asker: int = PERSON
) -> StoredButton:
    """Have an answer be given that has a button and a card with another; return what is behind the former."""
    tokens = Tokens(answer, number)
    choices = tokens.put_on(Buttons(f"Say {says}?", (Button(f"Yes, {says}", "say", says),)))
    card = tokens.put_on(Card(says, buttons=(Button("Go", "jump", f"block of {says}"),)))
    question = 1000 if asker == PERSON else 1001
    await store.answers.begin(make_asked(answer, number, question=question, provider="chatbot", asker=asker))
    await store.answers.end(answer, number, RunResult("whole", write_pieces(["Well.", choices, card])), None)
    await store.answers.mark_done(answer, number, [number], FIGURES, ())
    assert isinstance(choices, Buttons)
    return StoredButton("chatbot", choices.buttons[0])


async def pressed(store: Stores, offered: StoredButton) -> StoredButton | None:
    """Return what a press finds; where the button stands does not matter."""
    return await find_button(store.answers, offered.button.token, 0, lambda _: True)


async def test_a_button_is_there_after_a_restart_and_kept_once(url: str) -> None:
    async with open_store(url) as store:
        first, second = await answer_with(store, SECRET), await answer_with(store, ANOTHER, 2)
    async with open_store(url) as store:
        assert [await pressed(store, first), await pressed(store, second)] == [first, second]
    assert await find_text(url, SECRET) == await find_text(url, ANOTHER) == {"texts"}


@pytest.mark.parametrize("road", ROADS)
async def test_all_that_its_buttons_say_goes_with_an_answer(
    store: Stores, clock: HandClock, url: str, road: str
) -> None:
    gone = [await answer_with(store, SECRET), await answer_with(store, ANOTHER, 2)]
    assert await find_text(url, SECRET)
    await ROADS[road](store, clock)
    assert await find_text(url, SECRET) == await find_text(url, ANOTHER) == set()
    assert [await pressed(store, each) for each in gone] == [None, None]


@pytest.mark.parametrize("road", ["forgotten", "question deleted"])
async def test_others_buttons_stay(store: Stores, clock: HandClock, url: str, road: str) -> None:
    await answer_with(store, SECRET)
    stays = await answer_with(store, ANOTHER, answer="answer-2", asker=OTHER_PERSON)
    await ROADS[road](store, clock)
    assert await find_text(url, ANOTHER) == {"texts"}
    assert await pressed(store, stays) == stays


async def test_a_version_that_could_not_be_shown_takes_its_buttons_along(store: Stores, url: str) -> None:
    shown, lost = await answer_with(store, SECRET), await answer_with(store, ANOTHER, 2)
    await store.answers.mark_lost("answer-1", 2)
    assert await find_text(url, ANOTHER) == set()
    assert [await pressed(store, shown), await pressed(store, lost)] == [shown, None]


@pytest.mark.parametrize("road", ROADS)
async def test_an_answer_that_went_while_it_was_written_brings_no_buttons(
    store: Stores, clock: HandClock, url: str, road: str
) -> None:
    await store.answers.begin(make_asked(provider="chatbot"))
    await ROADS[road](store, clock)
    wording = write_pieces([Buttons("", (Button("Yes", "say", SECRET, "answer-1:1:0"),))])
    kept = await store.answers.end("answer-1", 1, RunResult("whole", wording), None)
    assert not kept.is_stored
    assert await find_text(url, SECRET) == set()


async def test_an_export_holds_what_the_buttons_of_every_version_say(store: Stores) -> None:
    await answer_with(store, SECRET)
    await answer_with(store, ANOTHER, 2)
    second, first = await store.personal_data.runs(PERSON, None)
    assert SECRET in (first.wording or "")
    assert ANOTHER in (second.wording or "")
