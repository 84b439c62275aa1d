"""Rate limits: 5 in 5 seconds per channel for creates and for edits apart, tokens of their own, 50 a second for all."""

from sandbox.discord import Discord
from sandbox.discord.limits.rate_limits import CREATE_MESSAGES, GLOBAL, RateLimits
from sandbox.discord.model.clock import Clock
from tests.sandbox.discord.clients import Answer, Rest
from tests.sandbox.discord.conftest import Home


async def create(rest: Rest, channel_id: int) -> Answer:
    return await rest("POST", f"/channels/{channel_id}/messages", {"content": "a"})


async def test_creating_is_limited_per_channel_and_says_so_in_headers(rest: Rest, home: Home, discord: Discord) -> None:
    answers = [await create(rest, home.general.id) for _ in range(6)]
    assert [answer.status for answer in answers] == [200] * 5 + [429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["4", "3", "2", "1", "0", "0"]
    refused = answers[-1]
    assert refused.body["global"] is False
    assert 4 < refused.body["retry_after"] <= 5
    assert refused.headers["Retry-After"] == "5"
    assert refused.headers["X-RateLimit-Scope"] == "user"
    assert refused.headers["X-RateLimit-Limit"] == "5"
    assert "Via" in refused.headers
    assert "X-RateLimit-Global" not in refused.headers
    assert 0 < float(refused.headers["X-RateLimit-Reset-After"]) <= 5
    assert abs(float(refused.headers["X-RateLimit-Reset"]) - discord.clock.epoch()) <= 5
    assert [record.status for record in discord.rate_limited] == [429]
    elsewhere = home.guild.add_text_channel("elsewhere")
    assert (await create(rest, elsewhere.id)).status == 200


async def test_the_window_is_opened_by_the_first_request(rest: Rest, home: Home, discord: Discord) -> None:
    for _ in range(5):
        await create(rest, home.general.id)
        discord.advance(0.9)
    assert (await create(rest, home.general.id)).status == 429
    discord.advance(0.6)
    assert (await create(rest, home.general.id)).headers["X-RateLimit-Remaining"] == "4"


async def test_edits_count_apart_and_per_channel_not_per_message(rest: Rest, home: Home) -> None:
    created = [await create(rest, home.general.id) for _ in range(5)]
    paths = [f"/channels/{home.general.id}/messages/{answer.body['id']}" for answer in created]
    statuses = [(await rest("PATCH", path, {"content": "b"})).status for path in paths]
    assert statuses == [200] * 5
    refused = await rest("PATCH", paths[0], {"content": "c"})
    assert refused.status == 429
    assert refused.headers["X-RateLimit-Bucket"] != created[0].headers["X-RateLimit-Bucket"]


async def test_typing_is_limited_too_and_deleting_is_not(rest: Rest, home: Home) -> None:
    path = f"/channels/{home.general.id}/typing"
    assert [(await rest("POST", path)).status for _ in range(6)] == [204] * 5 + [429]
    sent = [await home.alice.say(home.alice.dm(home.app), "a") for _ in range(7)]
    assert [message.deleted for message in sent] == [False] * 7


async def test_an_interactions_token_has_a_bucket_of_its_own(rest: Rest, home: Home) -> None:
    await rest("PUT", f"/applications/{home.app.id}/commands", [{"name": "ask", "description": "a"}])
    first = await home.alice.slash(home.general, "ask", wait=False)
    second = await home.alice.slash(home.general, "ask", wait=False)
    for interaction in (first, second):
        await rest.answer(interaction, 4, content="a")
    path = "/messages/@original"
    statuses = [(await rest("PATCH", rest.webhook(first, path), {"content": "b"})).status for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    assert (await rest("PATCH", rest.webhook(second, path), {"content": "b"})).status == 200


async def test_the_global_limit_is_for_all_but_interactions(rest: Rest, home: Home, discord: Discord) -> None:
    clock = discord.clock
    frozen = clock.monotonic()
    clock.monotonic = lambda: frozen  # type: ignore[method-assign]
    statuses = [(await rest("GET", "/users/@me")).status for _ in range(50)]
    assert statuses == [200] * 50
    refused = await rest("GET", "/users/@me")
    assert (refused.status, refused.body["global"]) == (429, True)
    assert refused.headers["X-RateLimit-Global"] == "true"
    assert refused.headers["X-RateLimit-Scope"] == "global"
    assert (await rest("POST", "/interactions/5/none/callback", {"type": 5})).status == 404
    assert (await rest("POST", f"/webhooks/{home.app.id}/none", {"content": "a"})).status == 401


async def test_they_can_be_switched_off(rest: Rest, home: Home, discord: Discord) -> None:
    discord.limits.enabled = False
    assert [(await create(rest, home.general.id)).status for _ in range(8)] == [200] * 8
    assert discord.rate_limited == []


def test_buckets_can_be_inspected() -> None:
    clock = Clock()
    limits = RateLimits(clock)
    bucket, refusal = limits.take(CREATE_MESSAGES, 1, "123")
    assert refusal is None
    assert (bucket.name, bucket.limit.count, bucket.remaining(clock.monotonic())) == ("create messages in 123", 5, 4)
    assert 4.9 < bucket.reset - clock.monotonic() <= 5
    clock.advance(5)
    assert bucket.remaining(clock.monotonic()) == 5
    assert limits.take(GLOBAL, 1, "")[0].name == "global"


async def test_a_limit_can_be_changed(rest: Rest, home: Home, discord: Discord) -> None:
    discord.limits.change(CREATE_MESSAGES, count=1, window=60.0)
    answers = [await create(rest, home.general.id) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 429]
    assert answers[0].headers["X-RateLimit-Limit"] == "1"
    assert 59 < answers[1].body["retry_after"] <= 60
