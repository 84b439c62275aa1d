"""Which servers are new is told once, and a welcome is kept until it is gone, on both databases."""

import asyncio
from dataclasses import replace
from itertools import compress

from bot.domain.welcome import Welcome
from bot.store.open import open_store
from bot.store.ports.base import Stores

BOT, SERVER = 1, 7
CHANNEL, MESSAGE = 2**62, 2**63 - 1
WAITING = Welcome(SERVER, 0, 0, 0)
BEGUN = Welcome(SERVER, CHANNEL, 0, posted_at=100, nonce="n")
WELCOME = replace(BEGUN, message=MESSAGE)


async def post(store: Stores) -> None:
    """Have the bot be added to the server, and be welcomed there."""
    await store.welcomes.claim(BOT, SERVER, welcome=True)
    await store.welcomes.begin(BOT, WAITING, BEGUN)
    await store.welcomes.mark_posted(BOT, BEGUN, MESSAGE)


async def test_a_server_is_new_once_and_again_after_the_bot_was_removed(store: Stores) -> None:
    async def claim(bot: int, server: int) -> bool:
        return await store.welcomes.claim(bot, server, welcome=True)

    assert [await claim(BOT, SERVER), await claim(BOT, SERVER), await claim(2, SERVER)] == [True, False, True]
    await store.personal_data.join(BOT, [8])
    assert not await claim(BOT, 8)
    await store.personal_data.leave(BOT, SERVER)
    assert [await claim(BOT, SERVER), await claim(BOT, SERVER)] == [True, False]
    assert await store.personal_data.joined(BOT) == {SERVER, 8}
    assert await store.personal_data.left() == {}


async def test_of_several_processes_one_is_told_that_a_server_is_new(url: str) -> None:
    async with open_store(url) as one, open_store(url) as other:
        for server in range(5):
            claims = [store.welcomes.claim(BOT, server, welcome=True) for store in (one, other, one, other)]
            assert sorted(await asyncio.gather(*claims)) == [False, False, False, True]


async def test_a_server_that_is_new_gets_a_welcome_that_waits_if_it_is_to_have_one(store: Stores) -> None:
    await store.welcomes.claim(BOT, 8, welcome=False)
    await store.welcomes.claim(BOT, SERVER, welcome=True)
    assert await store.welcomes.welcomes(BOT) == [WAITING]
    assert WAITING.waits
    await store.welcomes.claim(BOT, 8, welcome=True)
    assert await store.welcomes.welcome(BOT, 8) is None, "it was known"


async def test_of_several_processes_one_begins_a_welcome(url: str) -> None:
    async with open_store(url) as one, open_store(url) as other:
        for server in range(5):
            await one.welcomes.claim(BOT, server, welcome=True)
            waiting = Welcome(server, 0, 0, 0)
            begins = [Welcome(server, CHANNEL, 0, 100, nonce=str(number)) for number in range(4)]
            stores = (one, other, one, other)
            tries = [store.welcomes.begin(BOT, waiting, each) for store, each in zip(stores, begins, strict=True)]
            (begun,) = compress(begins, await asyncio.gather(*tries))
            assert await other.welcomes.welcome(BOT, server) == begun
            await other.welcomes.mark_posted(BOT, waiting, 5)
            assert await one.welcomes.welcome(BOT, server) == begun, "it is another one by now"
            await other.welcomes.mark_posted(BOT, begun, 5)
            assert not await one.welcomes.begin(BOT, begun, waiting), "it is posted"


async def test_a_welcome_is_kept_until_it_is_removed(store: Stores) -> None:
    await post(store)
    assert await store.welcomes.welcomes(BOT) == [WELCOME]
    assert not WELCOME.waits
    assert await store.welcomes.welcomes(2) == []
    tried = await store.welcomes.note(BOT, SERVER, "tried")
    assert tried is not None
    assert (tried.tried, tried.chosen, tried.is_done) == (True, False, False)
    done = await store.welcomes.note(BOT, SERVER, "chosen")
    assert done is not None
    assert done.is_done
    assert await store.welcomes.welcome(BOT, SERVER) == done
    await store.welcomes.remove(BOT, SERVER)
    assert await store.welcomes.welcome(BOT, SERVER) is None
    assert await store.welcomes.note(BOT, SERVER, "tried") is None


async def test_nothing_is_kept_of_a_server_that_was_left(store: Stores) -> None:
    await post(store)
    await store.personal_data.leave(BOT, SERVER)
    assert await store.welcomes.welcomes(BOT) == []
    await store.welcomes.mark_posted(BOT, WELCOME, MESSAGE)
    assert await store.welcomes.welcomes(BOT) == [], "it was posted just before"


async def test_who_presses_a_button_before_it_is_stored_where_it_is_does_not_get_lost(store: Stores) -> None:
    await store.welcomes.claim(BOT, SERVER, welcome=True)
    await store.welcomes.begin(BOT, WAITING, BEGUN)
    await store.welcomes.note(BOT, SERVER, "tried")
    await store.welcomes.mark_posted(BOT, BEGUN, MESSAGE)
    stored = await store.welcomes.welcome(BOT, SERVER)
    assert stored is not None
    assert (stored.message, stored.tried) == (MESSAGE, True)
