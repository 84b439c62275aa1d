"""What people see if the database's file is lost or damaged: what was begun is shown, and each is told why not more."""

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.store.engine import damage_search
from tests.e2e.answer_steps import begin
from tests.e2e.reader import words
from tests.e2e.stage import Stage
from tests.e2e.waiting import Hours, until
from tests.fakes.damaged_files import zero

GONE = "I can't reach my database: its file is no longer there. Please tell the bot's host."
DAMAGED = "I can't read all of my database: it's damaged. Please tell the bot's host."


def file_of(stage: Stage) -> Path:
    return Path(stage.database.removeprefix("sqlite:///"))


def delete(file: Path) -> None:
    file.unlink()


def move(file: Path) -> None:
    file.rename(file.with_name("elsewhere.db"))


def replace(file: Path) -> None:
    file.with_name("empty.db").touch()
    file.with_name("empty.db").replace(file)


def errors_of(stage: Stage) -> list[str]:
    return stage.log.events("bot.store", logging.ERROR)


async def doctors_line(stage: Stage) -> str:
    """Return what `/doctor` says of the database."""
    shown = await stage.use(stage.admin, "doctor")
    (found,) = (line for line in shown.content.splitlines() if " **Database.** " in line)
    return found


@pytest.mark.parametrize("lose", [delete, move, replace])
async def test_an_answer_under_way_is_shown_and_the_next_question_is_told_why_not(
    stage: Stage, tmp_path: Path, lose: Callable[[Path], None]
) -> None:
    backup = shutil.copy(file_of(stage), tmp_path / "backup.db")
    stream, question, _ = await begin(stage)
    lose(file_of(stage))
    await stream.send(", and it ends.")
    await stream.finish()
    shown = (await stage.answer(question)).content
    assert shown == "It begins, and it ends.\n-# I couldn't save this answer, so I won't remember it."
    await stage.idle()
    for person in (stage.alice, stage.bob):
        assert GONE in (await stage.ask(person, "and now?")).content
    assert GONE in words(await stage.use(stage.bob, "ask", question="and so?"))
    line = await doctors_line(stage)
    assert line.startswith("❌ **Database.** Its file was deleted, moved or replaced while I was running")
    (said,) = [each for each in errors_of(stage) if "deleted, moved or replaced" in each]
    assert "put it back" in said

    file_of(stage).unlink(missing_ok=True)
    shutil.copy(backup, file_of(stage))
    stage.apis.chatbase.answers("I am back.")
    assert (await stage.ask(stage.alice, "and now?")).content == "I am back."
    assert (await doctors_line(stage)).startswith("✅ **Database.** Working (")


@pytest.mark.parametrize("lose", [delete, move])
async def test_a_lost_file_is_noticed_within_a_minute_though_nobody_asks(
    timeless: tuple[Stage, Hours], lose: Callable[[Path], None]
) -> None:
    stage, hours = timeless
    async with stage.running():
        await hours.turn(60)
        assert not errors_of(stage)
        lose(file_of(stage))
        await hours.turn(60)
        (said,) = errors_of(stage)
        assert "the database's file was deleted, moved or replaced" in said
        await hours.turn(600)
        assert len(errors_of(stage)) == 1, "it is said once"
        assert "Its file was deleted, moved or replaced" in await doctors_line(stage)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("turns", DAMAGED),
        ("conversations", DAMAGED),
        ("answers", "-# I couldn't save this answer, so I won't remember it."),
    ],
)
async def test_damage_is_found_after_the_start_and_each_asker_is_told(
    timeless: tuple[Stage, Hours], monkeypatch: pytest.MonkeyPatch, table: str, told: str
) -> None:
    monkeypatch.setattr(damage_search, "BEGIN_AFTER", 0)
    stage, _ = timeless
    async with stage.running():
        await stage.ask(stage.alice, "what is sound?")
    zero(file_of(stage), table)
    async with stage.running():
        await until(lambda: bool(errors_of(stage)))
        line = await doctors_line(stage)
        assert line.startswith("❌ **Database.** It's damaged: some of what is stored may be lost")
        for person in (stage.alice, stage.bob):
            assert told in (await stage.ask(person, "and now?")).content
        (said,) = errors_of(stage)
        assert "the database is damaged (" in said
        assert "restore a backup as docs/databases.md shows" in said
