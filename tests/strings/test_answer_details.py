"""What "Why this answer?" says of what the provider told."""

import pytest

from bot.domain.answer import Answer, Run, RunMetrics
from bot.domain.provider import Receipt
from bot.strings.answer_details import Score, describe_run
from tests.fakes.providers_and_stores import make_location


def answer(receipt: Receipt) -> Answer:
    run = Run(1, "x", "done", "whole", RunMetrics(), None, None, is_version=True, receipt=receipt)
    return Answer("a", 1, True, make_location(), 2, 1, runs=(run,))


@pytest.mark.parametrize(
    ("receipt", "score", "lines"),
    [
        (Receipt(), None, []),
        (Receipt("c", "m"), "unknown", ["- **Score**: not known"]),
        (Receipt("c", "m", 1.0), 0.874, ["- **Credits**: 1", "- **Score**: 0.87 of 1"]),
        (Receipt(credits=0.0), 0.0, ["- **Credits**: 0", "- **Score**: 0 of 1"]),
        (Receipt(credits=2.5), 1.0, ["- **Credits**: 2.5", "- **Score**: 1 of 1"]),
    ],
)
def test_credits_and_score_are_told_if_the_provider_tells_them(
    receipt: Receipt, score: Score, lines: list[str]
) -> None:
    told = describe_run(answer(receipt), {"x": "X"}, score).splitlines()
    assert told[0] == "**X** answered in full."
    assert told[6:] == lines


def test_nothing_is_told_of_an_answer_without_runs() -> None:
    assert Answer("a", 1, True, make_location(), 2, 0).current_run is None
