"""docs/providers.md is what really happens, and has every status and every fault."""

import re
from http import HTTPStatus

from sandbox.apis import ERRORS, FAULTS
from scripts.architecture import insert
from scripts.provider_table import BEGIN, END, PAGE, draw, draw_table

_PAGE = PAGE.read_text(encoding="utf-8")


async def test_the_page_is_what_happens() -> None:
    assert insert(_PAGE, await draw(), BEGIN, END) == _PAGE, "run `make providers`"


def test_every_status_and_fault_is_on_the_page() -> None:
    listed = {
        int(number) for row in re.findall(r"^\| ([0-9, ]+) \|", _PAGE, re.MULTILINE) for number in row.split(", ")
    }
    assert {status.value for status in HTTPStatus if status >= 300} <= listed
    statuses = {"unauthorized", "payment-required", "forbidden", "not-found", "server-error", "unavailable"}
    for name in FAULTS.keys() - statuses - {"rate-limited", "redirect"}:
        assert f"`{name}`" in _PAGE
    of_conversations = ("CHAT_CONVERSATION_", "CHAT_RETRY_", "RESOURCE_")
    for code in ERRORS:
        assert (f"`{code}`" in _PAGE) is not code.startswith(of_conversations)


def test_what_is_read_alike_is_one_row() -> None:
    read = [("400", {"A": "x (error 400)", "B": "y"}), ("401", {"A": "x (error 401)", "B": "x (error 401)"})]
    read.append(("402", {"A": "x (error 402)", "B": "x (error 402)"}))
    rows = draw_table(read).splitlines()[2:]
    assert rows == ["| 400 | A | x (error N) |", "| 400 | B | y |", "| 401, 402 | all | x (error N) |"]
    assert draw_table([("Cut (`a`)", {"A": "x|"}), ("Cut (`b`)", {"A": "x|"})]).endswith(
        "| Cut (`a`, `b`) | A | x\\| |"
    )
