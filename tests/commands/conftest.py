"""What the tests of copies share: a source and a target, each way."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture(params=["to postgresql", "to sqlite"])
def urls(request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path) -> tuple[str, str]:
    """Give the URLs of a source with tables, and of a target without, each way."""
    if request.param == "to postgresql":
        source = shutil.copy(sqlite_template, tmp_path / "source.db")
        return f"sqlite:///{source}", request.getfixturevalue("postgres_url")
    return request.getfixturevalue("prepared_postgres_url"), f"sqlite:///{tmp_path}/copies/new.db"
