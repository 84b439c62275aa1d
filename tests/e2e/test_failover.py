"""The whole bot on a PostgreSQL that fails over: the old server turns read-only, and its name leads to another."""

import asyncio

import pytest

from bot.store.leases import postgres as postgres_lease
from tests.cluster import Cluster, set_read_only
from tests.e2e.answer_steps import begin, check_next
from tests.e2e.stage import open_stage


@pytest.mark.parametrize("is_silent", [False, True])
async def test_questions_after_a_failover_are_saved_on_the_new_server(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, is_silent: bool
) -> None:
    monkeypatch.setattr(postgres_lease, "BEAT_SECONDS", 0.5)
    async with open_stage(cluster.url) as stage, stage.running():
        stage.hurry()
        await stage.ask(stage.alice, "before")
        stream, question, _ = await begin(stage, stage.other)
        saved = cluster.stored(cluster.old)
        await asyncio.to_thread(set_read_only, cluster.old, True)
        if is_silent:
            cluster.relay.silence()
        cluster.relay.target = cluster.new.port
        await stream.send(" and ends.")
        await stream.finish()
        async with asyncio.timeout(30):
            assert (await stage.answer(question)).content.startswith("It begins and ends.")
            await check_next(stage)
            while await asyncio.to_thread(cluster.locks, cluster.new) != "1":
                await asyncio.sleep(0.1)
        assert cluster.stored(cluster.old) == saved
        await check_next(stage, remembered=("and now?", "Everything works again."))
