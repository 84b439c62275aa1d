"""Which controls stand under an answer that is over, and what each of the version_nav's would show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.controls import AnswerControls, Controls, VersionNav

CONTROLS = AnswerControls({"a": "Ada"})
VERSIONS = st.sets(st.integers(1, 50), min_size=2, max_size=12).map(sorted)


@pytest.mark.parametrize(
    ("versions", "shown", "version_nav"),
    [
        ([], 0, None),
        ([1], 1, None),
        ([4], 4, None),
        ([1, 2], 1, VersionNav(1, 2, "Ada", before=None, after=2)),
        ([1, 2], 2, VersionNav(2, 2, "Ada", before=1, after=None)),
        ([1, 3, 7], 3, VersionNav(2, 3, "Ada", before=1, after=7)),
        ([1, 2], 0, None),
        ([1, 2], 3, None),
    ],
    ids=str,
)
def test_the_pager_stands_where_there_is_something_to_turn_to(
    versions: list[int], shown: int, version_nav: VersionNav | None
) -> None:
    for has_others in (False, True):
        assert CONTROLS.finished("id", versions, shown, "a", has_others=has_others) == Controls(
            "id", "ended", has_others, version_nav
        )


@given(VERSIONS)
def test_turning_on_and_on_comes_past_every_version_and_back(versions: list[int]) -> None:
    there, number = [versions[0]], versions[0]
    while (
        version_nav := CONTROLS.finished("id", versions, number, "a", has_others=True).version_nav
    ) is not None and version_nav.after is not None:
        number = version_nav.after
        there.append(number)
    back = [number]
    while (
        version_nav := CONTROLS.finished("id", versions, number, "a", has_others=True).version_nav
    ) is not None and version_nav.before is not None:
        number = version_nav.before
        back.append(number)
    assert there == versions == back[::-1]
