"""The whole bot on a PostgreSQL that fails: answers are shown to their end, what is not stored is said, it recovers."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import pytest

from sandbox.apis import HeldStream
from tests.cluster import set_read_only
from tests.e2e.answer_steps import begin, check_next
from tests.e2e.reader import words
from tests.e2e.stage import Stage, open_stage
from tests.e2e.waiting import until
from tests.pgbouncer import PgBouncer
from tests.postgres import PostgresServer, name_database

REFUSED = "-# I can't reach my database right now. Please try again in a minute."
NOT_STORED = "-# I couldn't save this answer, so I won't remember it."
RECOVERED_WITHIN = 30.0
"""Seconds, as issue 14 has it."""


@dataclass(frozen=True)
class Trouble:
    """What happens to a server, and how it ends; meanwhile it may be read all the same."""

    begin: Callable[[PostgresServer, str], object]
    end: Callable[[PostgresServer, str], object]
    is_readable: bool


def _run(statements: Sequence[str], server: PostgresServer, database: str) -> None:
    """Run statements as the server's owner; they name the database as `{database}`."""
    server.execute(*(each.replace("{database}", database) for each in statements), database=database)


_FULL = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN RAISE ''could not extend file "base/1/2": No space left on device'' USING ERRCODE = ''53100''; END'
"""
_FILL = """
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON %I EXECUTE FUNCTION refuse()', name);
    END LOOP;
END $$
"""
_END_SESSIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'guest_{database}'"

TROUBLES = {
    "is gone": Trouble(lambda server, _: server.stop(), lambda server, _: server.start(), is_readable=False),
    "grants no connection": Trouble(
        partial(_run, ["ALTER ROLE guest_{database} CONNECTION LIMIT 0", _END_SESSIONS]),
        partial(_run, ["ALTER ROLE guest_{database} CONNECTION LIMIT -1"]),
        is_readable=False,
    ),
    "is read-only": Trouble(
        lambda server, _: set_read_only(server, True),
        lambda server, _: set_read_only(server, False),
        is_readable=True,
    ),
    "has no space left": Trouble(
        partial(_run, [_FULL, _FILL]), partial(_run, ["DROP FUNCTION refuse CASCADE"]), is_readable=True
    ),
}


@dataclass
class Troubled:
    """A stage whose bot does not run yet, and what can befall its server."""

    stage: Stage
    server: PostgresServer
    trouble: Trouble
    database: str

    @asynccontextmanager
    async def lasting(self) -> AsyncIterator[None]:
        """Have the trouble last for as long as the block."""
        await asyncio.to_thread(self.trouble.begin, self.server, self.database)
        try:
            yield
        finally:
            await asyncio.to_thread(self.trouble.end, self.server, self.database)

    def leases(self) -> str:
        """Return how many processes hold a lease on the database."""
        return self.server.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            f" AND database = (SELECT oid FROM pg_database WHERE datname = '{self.database}')"
        )


@pytest.fixture(params=[*TROUBLES, "is gone behind a pooler"])
async def troubled(
    postgres: PostgresServer, postgres_url: str, request: pytest.FixtureRequest
) -> AsyncIterator[Troubled]:
    """Give a stage on a server that will be in one trouble after the other."""
    name, behind, _ = str(request.param).partition(" behind ")
    if behind:
        pgbouncer: PgBouncer = request.getfixturevalue("pgbouncer")
        opening = open_stage(pgbouncer.through(postgres_url), DATABASE_DIRECT_URL=postgres_url)
    else:
        opening = open_stage(postgres.make_guest(postgres_url))
    async with opening as stage:
        stage.hurry()
        yield Troubled(stage, postgres, TROUBLES[name], name_database(postgres_url))


async def finish(*streams: HeldStream) -> None:
    """End answers that have begun."""
    for stream in streams:
        await stream.send(" and ends.")
        await stream.finish()


async def recover(stage: Stage) -> None:
    """Ask until an answer is remembered; by command, since one that is refused is told each time."""
    stage.apis.chatbase.clear()
    while True:
        stage.apis.chatbase.answers("It works again.")
        answer = await stage.use(stage.alice, "ask", question="and now?")
        await stage.idle()
        if words(answer) == "It works again.":
            return
        await asyncio.sleep(0.5)


async def check_meanwhile(stage: Stage, *, is_readable: bool) -> None:
    """Hold that people who ask or set something while the trouble lasts are told what became of it."""
    stage.apis.chatbase.answers("Meanwhile.")
    asked = [await stage.ask(stage.bob, "meanwhile?"), await stage.use(stage.bob, "ask", question="so?")]
    assert [words(each) for each in asked] == [f"Meanwhile.\n{NOT_STORED}" if is_readable else REFUSED] * 2
    changed = await stage.use(stage.admin, "settings provider", provider="tamako")
    assert changed.content == REFUSED.removeprefix("-# ")
    history = await stage.use(stage.alice, "history show")
    assert ("before" in history.content) is is_readable
    report = await stage.use(stage.admin, "doctor")
    assert "❌ **Database.**" in report.content


async def test_what_is_not_stored_is_said_and_the_bot_recovers(troubled: Troubled) -> None:
    stage, cut_off = troubled.stage, f"It begins and ends.\n{NOT_STORED}"
    async with stage.running():
        stage.apis.chatbase.answers("Before.", times=1)
        await stage.ask(stage.alice, "before")
        stream, question, answer = await begin(stage)
        in_response = stage.apis.chatbase.hold()
        command = await stage.bob.slash(stage.other, "ask", question="and here?")
        await in_response.send("It begins")
        response = await command.wait_until(shows="It begins")
        async with troubled.lasting():
            await finish(stream, in_response)
            assert (await stage.answer(question)).content == words(await stage.told(command)) == cut_off
            await check_meanwhile(stage, is_readable=troubled.trouble.is_readable)
        async with asyncio.timeout(RECOVERED_WITHIN):
            await recover(stage)
            report = await stage.use(stage.admin, "doctor")
            assert "⚠️ **Database.** Working, but it failed" in report.content
            while await asyncio.to_thread(troubled.leases) != "1":
                await asyncio.sleep(0.5)
        remembered = ("before", "Before.", "and now?", "It works again.")
        await check_next(stage, remembered=remembered)
    async with stage.running():
        await check_next(stage, remembered=(*remembered, "and now?", "Everything works again."))
        assert answer.content == words(response) == cut_off
    assert "Interrupted" not in "".join(message.content for message in stage.by_bot())


async def test_a_server_that_restarts_in_the_middle_costs_an_answer_nothing(
    postgres: PostgresServer, postgres_url: str
) -> None:
    async with open_stage(postgres_url) as stage, stage.running():
        stage.hurry()
        stream, question, _ = await begin(stage)
        await asyncio.to_thread(postgres.stop)
        await stream.send(" and goes on")
        await asyncio.to_thread(postgres.start)
        await finish(stream)
        whole = "It begins and goes on and ends."
        assert (await stage.answer(question)).content == whole
        await check_next(stage, remembered=("please tell me all", whole))


@pytest.mark.parametrize("is_pooled", [False, True])
async def test_a_start_waits_for_a_server_that_is_starting_and_repairs_what_was_cut_off(
    postgres: PostgresServer,
    postgres_url: str,
    pgbouncer: PgBouncer,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    is_pooled: bool,
) -> None:
    # Others would have 15 s to take their locks again.
    monkeypatch.setattr("bot.store.leases.postgres_locks._UP_SECONDS", "SELECT 3600::float")

    async def promote_once_refused() -> None:
        await until(lambda: "the database is not ready" in caplog.text)
        await asyncio.to_thread(postgres.promote)

    direct = {"DATABASE_DIRECT_URL": postgres_url} if is_pooled else {}
    url = pgbouncer.through(postgres_url) if is_pooled else postgres_url
    async with open_stage(url, **direct) as stage:
        stage.hurry()
        async with stage.running():
            stage.apis.chatbase.answers("Before.", times=1)
            await stage.ask(stage.alice, "before")
            _, _, answer = await begin(stage)
            await asyncio.to_thread(postgres.stop)
        await asyncio.to_thread(postgres.start_as_standby)
        promoting = asyncio.create_task(promote_once_refused())
        try:
            async with stage.running():
                await promoting
                await check_next(stage, remembered=("before", "Before."))
                await answer.wait_until(shows="Interrupted")
        finally:
            await asyncio.to_thread(postgres.promote)
