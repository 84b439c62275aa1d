"""The buttons of answers: each is found by its token, for as long as its answer is stored."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.answering.stored_answers import write_pieces
from bot.answering.stored_buttons import StoredButton, Tokens, find_button, without_tokens
from bot.domain.content import Button, Buttons, Card, Chunk, Image
from bot.domain.errors import DatabaseUnavailable, RateLimited
from bot.streaming.canvas import CanvasError, Frame, Unavailable, WriteForbidden
from bot.strings.notices import not_remembered
from tests.fakes.harness import AskedQuestion, Harness, running_harness
from tests.fakes.providers_and_stores import Script

YES, NO, GO = Button("Yes", "say", "yes"), Button("No", "say", "no"), Button("Go", "jump", "x")
SITE = Button("Site", "link", "https://example.com")
CHOICES = Buttons("Choose:", (YES, GO, SITE))
CARD = Card("A card", buttons=(NO,))


def offered(asking: AskedQuestion) -> list[Button]:
    """Return the buttons that are shown now, in order."""
    return buttons_of(asking.canvas.frames)


def buttons_of(frames: Sequence[Frame]) -> list[Button]:
    """Return the buttons of messages, in order."""
    rich = [item for frame in frames for item in frame.rich]
    return [button for item in rich if not isinstance(item, Image) for button in item.buttons]


async def behind(harness: Harness, *buttons: Button) -> list[StoredButton | None]:
    """Return what a press on each of the buttons finds."""
    return [await find_button(harness.answer_store, button.token, 0, lambda _: True) for button in buttons]


async def test_every_button_that_can_be_pressed_is_found_by_a_token_of_its_own() -> None:
    async with running_harness(["Well.", CHOICES, CARD, Image("i")]) as harness:
        asking = await harness.answered()
        shown = offered(asking)
        assert [replace(button, token="") for button in shown] == [YES, GO, SITE, NO]
        assert shown.pop(2) == SITE
        assert len({button.token for button in shown}) == 3
        assert await behind(harness, *shown) == [StoredButton("chatbase", button) for button in shown]
        strange = [replace(YES, token=token) for token in (f"{shown[0].token}0", "nobody:1:0", "nobody's")]
        assert await behind(harness, *strange) == [None] * 3


async def test_buttons_are_kept_before_they_are_shown() -> None:
    async with running_harness([CHOICES]) as harness:
        harness.stateless.streams = False
        found = list[StoredButton | None]()
        asking = harness.ask()
        create = asking.canvas.create

        async def looked_up(frame: Frame, *, after: int | None) -> int:
            found.extend(await behind(harness, *buttons_of([frame])))
            return await create(frame, after=after)

        asking.canvas.create = looked_up  # type: ignore[method-assign]
        await asking.task
        assert [each is not None and each.button.title for each in found] == ["Yes", "Go", False]


async def test_the_buttons_of_every_version_are_found() -> None:
    async with running_harness([CHOICES], [CARD]) as harness:
        harness.stateful.scripts = [[Buttons("Well?", (YES,))]]
        asking = await harness.answered()
        first = offered(asking)[:2]
        await harness.retry(asking)
        second = offered(asking)
        await harness.retry(asking, "tamako")
        third = offered(asking)
        kept = [StoredButton("chatbase", each) for each in (*first, *second)] + [
            StoredButton("tamako", each) for each in third
        ]
        assert await behind(harness, *first, *second, *third) == kept
        await harness.show_version(asking, 1)
        assert offered(asking)[:2] == first
        assert await behind(harness, *first, *second, *third) == kept


async def test_all_go_with_the_answer() -> None:
    async with running_harness([CHOICES], [CARD]) as harness:
        asking = await harness.answered()
        first = offered(asking)[0]
        await harness.retry(asking)
        second = offered(asking)[0]
        await harness.answer_store.erase((await harness.answer(asking)).id)
        assert await behind(harness, first, second) == [None, None]


@pytest.mark.parametrize(("error", "kept"), [(WriteForbidden(), False), (Unavailable(), True)], ids=["refused", "away"])
async def test_they_go_where_the_answer_could_not_be_shown(error: CanvasError, *, kept: bool) -> None:
    """What Discord only fails to take for now is shown by the next start, and its buttons with it."""
    async with running_harness([CHOICES], [1.0, CARD]) as harness:
        asking = await harness.answered()
        first = offered(asking)[0]
        harness.stateless.streams = False
        asking.canvas.faults += [None, *[error] * 7]  # after what announces it
        await harness.retry(asking)
        (second,) = buttons_of([asking.canvas.calls[-1].frame])
        assert await behind(harness, first, second) == [
            StoredButton("chatbase", first),
            StoredButton("chatbase", second) if kept else None,
        ]


async def test_where_the_answer_is_not_kept_they_are_shown_and_cannot_be_pressed() -> None:
    async with running_harness([1.0, CHOICES, CARD, Image("i")]) as harness:
        asking = harness.ask()
        await asyncio.sleep(0.5)
        harness.conversations.down = True
        await asking.task
        assert [frame.rich for frame in asking.canvas.frames] == [(CHOICES,), (CARD,), (Image("i"),)]
        assert asking.canvas.texts[-1] == not_remembered()


@pytest.mark.parametrize("number", [1, 2])
async def test_where_it_is_erased_while_it_is_written_they_cannot_be_pressed(number: int) -> None:
    scripts: list[Script] = [["One."], [1.0, CHOICES, "Bye."]]
    async with running_harness(*scripts[2 - number :]) as harness:
        if number == 1:
            asking = harness.ask()
            writing: asyncio.Task[None] = asking.task
        else:
            asking = await harness.answered()
            writing = asyncio.create_task(harness.retry(asking))
        await asyncio.sleep(0.5)
        await harness.answer_store.erase((await harness.answer(asking)).id)
        await writing
        assert [button.token for button in offered(asking)] == ["", "", ""]
        assert asking.canvas.texts == ["Choose:", "Bye."]


async def test_a_failed_retry_leaves_the_buttons_of_before() -> None:
    async with running_harness([CHOICES], [RateLimited("Chatbase", 30)]) as harness:
        asking = await harness.answered()
        before = offered(asking)
        await harness.retry(asking)
        assert offered(asking) == before
        assert await behind(harness, before[0]) == [StoredButton("chatbase", before[0])]


async def test_a_token_of_before_is_found_by_the_message_that_shows_it() -> None:
    """Tokens were random once; the versions of an answer that were stored then have them still."""
    async with running_harness(["One."], ["Two."]) as harness:
        asking = await harness.answered()
        await harness.retry(asking)
        answer = await harness.answer(asking)
        old, older = replace(YES, token="Ab-c_0123456789x"), replace(GO, token="0123456789Ab-c_x")
        for run, button in zip(harness.answer_store.runs[answer.id], (older, old), strict=True):
            run.wording = write_pieces(["Well.", Buttons("", (NO, button))])
        (message,) = answer.messages
        for button in (old, older):
            assert await find_button(harness.answer_store, button.token, message, lambda _: True) == StoredButton(
                "chatbase", button
            )
            assert await find_button(harness.answer_store, button.token, message + 1, lambda _: True) is None
        assert await find_button(harness.answer_store, "another-one-of-16", message, lambda _: True) is None
        await harness.answer_store.erase(answer.id)
        assert await find_button(harness.answer_store, old.token, message, lambda _: True) is None


async def test_a_database_that_fails_is_told() -> None:
    async with running_harness([CHOICES]) as harness:
        asking = await harness.answered()
        harness.conversations.down = True
        for token in (offered(asking)[0].token, "of-before"):
            with pytest.raises(DatabaseUnavailable):
                await find_button(harness.answer_store, token, 1, lambda _: True)


def test_tokens_are_taken_off_and_nothing_else() -> None:
    tokens = Tokens("answer", 3)
    pieces: list[Chunk] = ["text", CHOICES, CARD, Image("i"), Card("No buttons"), Buttons("", ())]
    named = [piece if isinstance(piece, str) else tokens.put_on(piece) for piece in pieces]
    assert named != pieces
    assert without_tokens(named) == pieces
    assert without_tokens(pieces) == pieces
