"""Which servers are new is told once, and a welcome is kept until it is gone, on both databases."""

import asyncio

from bot.domain.welcome import Welcome
from bot.store.open import open_store
from bot.store.stores import Stores

BOT, SERVER = 1, 7
WELCOME = Welcome(SERVER, channel=2**62, message=2**63 - 1, posted_at=100)


async def test_a_server_is_new_once_and_again_after_the_bot_was_removed(store: Stores) -> None:
    claim = store.welcomes.claim
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
            claims = [store.welcomes.claim(BOT, server) for store in (one, other, one, other)]
            assert sorted(await asyncio.gather(*claims)) == [False, False, False, True]


async def test_a_welcome_is_kept_until_it_is_removed(store: Stores) -> None:
    await store.welcomes.claim(BOT, SERVER)
    await store.welcomes.add(BOT, WELCOME)
    assert await store.welcomes.welcomes(BOT) == [WELCOME]
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
    await store.welcomes.claim(BOT, SERVER)
    await store.welcomes.add(BOT, WELCOME)
    await store.personal_data.leave(BOT, SERVER)
    assert await store.welcomes.welcomes(BOT) == []
    await store.welcomes.add(BOT, WELCOME)
    assert await store.welcomes.welcomes(BOT) == [], "it was posted just before"
