"""The whole bot on a PostgreSQL whose disk is really full: what is not stored is said, and space is all it takes."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.e2e.answer_steps import check_next
from tests.e2e.reader import prose
from tests.e2e.stage import Stage, open_stage
from tests.e2e.test_failing_postgres import NOT_STORED, recover
from tests.postgres import PostgresServer, hand_over, name_database

_MEGABYTES = 14
"""An empty database takes 8 MB."""


@contextmanager
def tiny_disk() -> Iterator[Path]:
    """Give a folder of the server's on a disk of a few megabytes; skip if nothing may be mounted here."""
    mount = Path(tempfile.mkdtemp(prefix="switchboard-disk-"))
    mount.chmod(0o755)
    size = ["-t", "tmpfs", "-o", f"size={_MEGABYTES}m", "tmpfs"]
    try:
        if os.geteuid() != 0 or subprocess.run(["mount", *size, mount], check=False).returncode != 0:
            pytest.skip("only root may mount a tiny disk, and not in every container")
        try:
            folder = mount / "space"
            folder.mkdir()
            hand_over(folder)
            yield folder
        finally:
            subprocess.run(["umount", mount], check=True)
    finally:
        mount.rmdir()


@pytest.fixture
def cramped_url(postgres: PostgresServer) -> Iterator[str]:
    """Give the URL of a database on a tiny disk."""
    with tiny_disk() as folder:
        postgres.execute(f"CREATE TABLESPACE tiny LOCATION '{folder}'")
        url = postgres.create_database()
        name = name_database(url)
        try:
            postgres.execute(f"ALTER DATABASE {name} SET TABLESPACE tiny")
            yield url
        finally:
            postgres.execute(f"DROP DATABASE {name} WITH (FORCE)", "DROP TABLESPACE tiny")


def fill(postgres: PostgresServer, database: str) -> None:
    """Fill the disk to its last page."""
    postgres.execute("CREATE TABLE filler (text text)", database=database)
    for rows in (1000, 100, 10):
        more = f"INSERT INTO filler SELECT repeat(md5(random()::text), 30) FROM generate_series(1, {rows})"
        with suppress(subprocess.CalledProcessError):
            for _ in range(_MEGABYTES):
                postgres.execute(more, database=database)


async def ask_until_refused(stage: Stage) -> str:
    """Ask until an answer finds no room, beyond what pages that are there still take; return what it shows."""
    for number in range(30):
        stage.apis.chatbase.answers(prose(1500, f"answer{number}x"))
        shown = (await stage.ask(stage.bob, prose(1000, f"question{number}x"))).content
        if NOT_STORED in shown:
            return shown
    return ""


async def test_an_answer_that_finds_no_room_is_shown_and_space_is_all_it_takes(
    postgres: PostgresServer, cramped_url: str
) -> None:
    database = name_database(cramped_url)
    async with open_stage(cramped_url) as stage, stage.running():
        stage.hurry()
        fill(postgres, database)
        shown = await ask_until_refused(stage)
        assert shown.endswith(f"\n{NOT_STORED}")
        assert len(shown) > 1400
        report = await stage.use(stage.admin, "doctor")
        assert "**Everything works here.**" not in report.content
        postgres.execute("DROP TABLE filler", "CHECKPOINT", database=database)
        await recover(stage)
        await stage.use(stage.admin, "history clear")
        await check_next(stage)
