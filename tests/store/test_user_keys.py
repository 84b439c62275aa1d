"""User keys: the id's digits, then a counter that goes up once for each renewal."""

import asyncio

from bot.store.store import Store

USER = 2**63 - 1


async def test_a_key_is_the_id_until_it_is_renewed(store: Store) -> None:
    assert await store.user_key("tamako", USER) == "9223372036854775807"
    assert await store.renew_user_key("tamako", USER) == "9223372036854775807.1"
    assert await store.user_key("tamako", USER) == "9223372036854775807.1"
    assert await store.renew_user_key("tamako", USER) == "9223372036854775807.2"


async def test_users_and_providers_have_keys_of_their_own(store: Store) -> None:
    await store.renew_user_key("tamako", 1)
    assert await store.user_key("tamako", 2) == "2"
    assert await store.user_key("stammer", 1) == "1"


async def test_renewals_at_once_give_different_keys(store: Store) -> None:
    keys = await asyncio.gather(*(store.renew_user_key("tamako", 5) for _ in range(20)))
    assert sorted(keys) == sorted(f"5.{number}" for number in range(1, 21))
