"""The whole bot through PgBouncer in transaction mode."""

import asyncio

import pytest

from tests.e2e.stage import open_stage
from tests.pgbouncer import PgBouncer


@pytest.mark.parametrize("has_direct", [False, True])
async def test_the_bot_answers_through_it(pgbouncer: PgBouncer, prepared_postgres_url: str, has_direct: bool) -> None:
    direct = {"DATABASE_DIRECT_URL": prepared_postgres_url} if has_direct else {}
    async with open_stage(pgbouncer.through(prepared_postgres_url), **direct) as stage, stage.running():
        stage.hurry()
        for _ in range(3):
            answers = await asyncio.gather(
                stage.ask(stage.alice, "one"),
                stage.ask(stage.bob, "two", stage.other),
                stage.use(stage.admin, "ask", at=stage.other, question="three"),
            )
            assert all("Interrupted" not in answer.content for answer in answers)
        await stage.use(stage.alice, "history show")
        report = await stage.use(stage.admin, "doctor")
        assert ("DATABASE_DIRECT_URL" in report.content) is not has_direct
        assert "a database call failed" not in "\n".join(stage.log.events())
