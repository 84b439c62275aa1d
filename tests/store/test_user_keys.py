"""User keys: the id's digits, then a counter that goes up once for each renewal."""

import asyncio

from bot.store.ports.base import Stores

USER = 2**63 - 1


async def test_a_key_is_the_id_until_it_is_renewed(store: Stores) -> None:
    assert await store.conversations.user_key("tamako", USER) == "9223372036854775807"
    assert await store.conversations.renew_user_key("tamako", USER) == "9223372036854775807.1"
    assert await store.conversations.user_key("tamako", USER) == "9223372036854775807.1"
    assert await store.conversations.renew_user_key("tamako", USER) == "9223372036854775807.2"


async def test_users_and_providers_have_keys_of_their_own(store: Stores) -> None:
    await store.conversations.renew_user_key("tamako", 1)
    assert await store.conversations.user_key("tamako", 2) == "2"
    assert await store.conversations.user_key("stammer", 1) == "1"


async def test_renewals_at_once_give_different_keys(store: Stores) -> None:
    keys = await asyncio.gather(*(store.conversations.renew_user_key("tamako", 5) for _ in range(20)))
    assert sorted(keys) == sorted(f"5.{number}" for number in range(1, 21))
