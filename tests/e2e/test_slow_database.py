"""A database that takes nothing for a while: no reader of an answer waits for it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from tests.e2e.answer_steps import begin
from tests.e2e.reader import words
from tests.e2e.stage import Stage


@contextmanager
def locked(stage: Stage) -> Iterator[None]:
    """Keep everybody else from writing to the database, as a slow one would."""
    with closing(sqlite3.connect(stage.database.removeprefix("sqlite:///"), isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


async def test_the_first_text_does_not_wait_for_the_journal(stage: Stage) -> None:
    with locked(stage):
        stream, question, answer = await begin(stage)
        await answer.wait_until(shows="It begins")
        in_response = stage.apis.chatbase.hold()
        asking = await stage.bob.slash(stage.other, "ask", question="and here?")
        await in_response.send("It begins too")
        await asking.wait_until(shows="It begins too")
        stage.apis.tamako.answers("All at once.")
        at_once = await stage.alice.slash(stage.alice.dm(stage.app), "tamako ask", question="and at once?")
        await stage.apis.tamako.wait_received()
    for held in (stream, in_response):
        await held.send(".")
        await held.finish()
    assert (await stage.answer(question)).content == "It begins."
    assert words(await stage.told(asking)) == "It begins too."
    assert words(await stage.told(at_once)) == "All at once."
    await stage.idle()
    with closing(sqlite3.connect(stage.database.removeprefix("sqlite:///"))) as connection:
        assert connection.execute("SELECT count(*) FROM runs WHERE state <> 'done'").fetchone() == (0,)
    known = [await stage.bot.services.answers.answer_to(event.id) for event in (question, asking, at_once)]
    assert [each.runs[0].outcome for each in known if each is not None] == ["whole"] * 3
