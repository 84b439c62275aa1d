"""One message to many people: whom it names, whom it counts, and that Discord takes it."""

import pytest

from bot.strings.queue import with_others

TEXT = "-# No."
LONGEST_ID = 2**64 - 1


@pytest.mark.parametrize(
    ("askers", "line"),
    [
        ([], None),
        ([7], "-# Also for <@7>."),
        ([7, 8], "-# Also for <@7> and <@8>."),
        ([7, 8, 9], "-# Also for <@7>, <@8> and <@9>."),
    ],
)
def test_a_few_are_named(askers: list[int], line: str | None) -> None:
    assert with_others(TEXT, askers) == (TEXT if line is None else f"{TEXT}\n{line}")


def test_of_many_the_rest_is_counted() -> None:
    assert with_others(TEXT, [7] * 51).endswith(", <@7> and 1 other.")
    assert with_others(TEXT, [7] * 1234).endswith(", <@7> and 1,184 others.")


@pytest.mark.parametrize("length", [6, 800, 1500, 1890, 1960])
@pytest.mark.parametrize("askers", [1, 49, 50, 999])
def test_discord_takes_it(length: int, askers: int) -> None:
    message = with_others("x" * length, [LONGEST_ID] * askers)
    assert len(message) <= 2000
    assert message.startswith("x" * length)
