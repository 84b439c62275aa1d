"""Damage in a SQLite file that is closed: single pages are overwritten, by what SQLite says of where they are."""

import sqlite3
from contextlib import closing
from pathlib import Path


def overwrite(path: Path, page: int, content: bytes) -> None:
    """Fill a page, of which the first has the number 1, with `content`, over and over."""
    size = page_size(path)
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write((content * size)[:size])


def page_size(path: Path) -> int:
    """Return how many bytes a page has (https://www.sqlite.org/fileformat.html, section 1.3)."""
    return int.from_bytes(path.read_bytes()[16:18], "big")


def root_page(path: Path, table: str, kind: str = "table") -> int:
    """Return the number of a table's first page, or with "index" as the kind, of its first index's."""
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE type = ? AND tbl_name = ?"
        (page,) = connection.execute(query, (kind, table)).fetchone()
    return int(page)


def zero(path: Path, table: str = "turns") -> None:
    """Have zeros in the place of a table, as a disk that lost a block."""
    overwrite(path, root_page(path, table), b"\0")


def scribble_over_an_index(path: Path) -> None:
    """Have noise in the place of an index."""
    overwrite(path, root_page(path, "turns", "index"), b"\xa5noise")


def lead_into_nothing(path: Path) -> None:
    """Have the turns' page say that its rows are where no page is."""
    with path.open("r+b") as file:
        file.seek((root_page(path, "turns") - 1) * page_size(path) + 8)
        file.write(b"\xff" * 8)
