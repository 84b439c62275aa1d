"""Buttons: found by their token for ninety days, then pruned little by little."""

from bot.chat.memory import SavedButton
from bot.chat.rich import Button
from bot.store.opening import open_store
from bot.store.store import Store
from tests.store.conftest import HandClock
from tests.store.samples import make_button

DAY = 24 * 60 * 60


async def test_a_button_comes_back_by_its_token(store: Store) -> None:
    jump = SavedButton("chatbot", Button("Prices", "jump", "block-17", "token-2"))
    await store.save_buttons([make_button("token-1"), jump])
    assert await store.button("token-1") == make_button("token-1")
    assert await store.button("token-2") == jump
    assert await store.button("token-3") is None


async def test_a_button_is_there_after_a_restart(url: str) -> None:
    async with open_store(url) as store:
        await store.save_buttons([make_button("token")])
    async with open_store(url) as store:
        assert await store.button("token") == make_button("token")


async def test_saving_again_overwrites(store: Store) -> None:
    await store.save_buttons([make_button("token", value="old")])
    await store.save_buttons([make_button("token", value="new")])
    assert await store.button("token") == make_button("token", value="new")


async def test_buttons_without_a_token_are_not_kept(store: Store) -> None:
    link = SavedButton("chatbot", Button("Site", "link", "https://example.org/"))
    await store.save_buttons([])
    await store.save_buttons([link, make_button("token"), link])
    assert await store.button("") is None
    assert await store.button("token") == make_button("token")


async def test_old_buttons_are_pruned_by_later_ones(store: Store, clock: HandClock) -> None:
    await store.save_buttons([make_button("old")])
    clock.now += 10 * DAY
    await store.save_buttons([make_button("younger")])
    clock.now += 81 * DAY
    await store.save_buttons([make_button("new")])
    assert await store.button("old") is None
    assert await store.button("younger") == make_button("younger")
    assert await store.button("new") == make_button("new")


async def test_one_write_prunes_a_bounded_number_the_oldest_first(store: Store, clock: HandClock) -> None:
    await store.save_buttons([make_button(f"older {number}") for number in range(200)])
    clock.now += 1
    await store.save_buttons([make_button(f"old {number}") for number in range(50)])
    clock.now += 91 * DAY
    await store.save_buttons([make_button("new")])
    assert [await store.button(token) for token in ("older 0", "older 199")] == [None, None]
    assert [await store.button(token) for token in ("old 0", "old 49")] == [make_button("old 0"), make_button("old 49")]
    await store.save_buttons([make_button("newer")])
    assert [await store.button(token) for token in ("old 0", "old 49")] == [None, None]
