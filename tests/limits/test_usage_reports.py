"""Figures of some days: put together from what is stored, and told in a message, a table and a description."""

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.fair_use.usage import StoredUsage, Usage, UsageKey
from bot.domain.fair_use.usage_report import Figures, Times, UsageReport
from bot.limits.histogram import bucket_of
from bot.limits.usage_reports import build_report
from bot.strings.admins.usage import (
    MAX_ALT_CHARS,
    MAX_CHARS,
    chart_title,
    describe_chart,
    describe_usage,
    no_questions,
    usage_table,
)

LABELS = {"tamako": "Tamako", "chatbase": "Chatbase", "chatbot": "ChatBot.com"}
TODAY = (date(2026, 11, 29) - date(1970, 1, 1)).days
WIDEST_ON_A_PHONE = 40


def stored(*totals: tuple[str, int, Usage], first_day: int | None = TODAY - 90) -> StoredUsage:
    """Return totals by provider and days ago."""
    return StoredUsage([(UsageKey(7, name, TODAY - ago), usage) for name, ago, usage in totals], first_day)


def usage(questions: int, failed: int = 0, **more: float) -> Usage:
    times = {bucket_of(1_000): questions - failed} if questions > failed else {}
    return Usage(questions, questions - failed, failed, 0, 10 * questions, more.get("cost", 0), times, times)


def report(days: int, *totals: tuple[str, int, Usage], since: int = 90) -> UsageReport:
    return build_report(stored(*totals, first_day=TODAY - since), TODAY, days, LABELS)


def test_providers_come_in_their_order_and_days_without_a_gap() -> None:
    built = report(
        7, ("tamako", 2, usage(3)), ("chatbot", 2, usage(1)), ("gone", 0, usage(1)), ("chatbase", 0, usage(5))
    )
    assert list(built.by_provider) == ["Tamako", "Chatbase", "ChatBot.com", "gone"]
    assert [each.day for each in built.days] == [date(2026, 11, 23) + timedelta(days=n) for n in range(7)]
    assert [each.total.questions for each in built.days] == [0, 0, 0, 0, 4, 0, 6]
    assert built.total.questions == 10
    assert list(built.days[4].by_provider) == ["Tamako", "ChatBot.com"]


def test_times_of_days_together_are_those_of_all_answers() -> None:
    fast, slow = {bucket_of(1_000): 90}, {bucket_of(16_000): 10}
    built = report(7, ("tamako", 1, Usage(90, 90, end=fast)), ("tamako", 0, Usage(10, 10, end=slow)))
    assert built.by_provider["Tamako"].end == Times(1.024, 16.384)
    assert built.days[-1].total.end == Times(16.384, 16.384)
    assert built.total.first_text is None


@pytest.mark.parametrize(("since", "told"), [(90, None), (6, None), (5, date(2026, 11, 24)), (0, date(2026, 11, 29))])
def test_since_when_anything_was_counted(since: int, told: date | None) -> None:
    assert report(7, ("tamako", 0, usage(1)), since=since).counted_since == told


def test_nothing_was_asked() -> None:
    built = build_report(StoredUsage(), TODAY, 7, LABELS)
    assert built.is_empty
    assert no_questions(7) == "No questions in the last 7 days."
    assert no_questions(30) == "No questions in the last 30 days."
    assert no_questions(1) == "No questions today."


def test_the_message_of_one_chatbot() -> None:
    built = report(7, ("tamako", 1, usage(1_200, 34, cost=2.5)), ("tamako", 0, usage(1)), since=1)
    assert describe_usage(built) == (
        "**Usage in the last 7 days (23 Nov to 29 Nov, UTC)**\n"
        "-# Nothing was counted before 28 November.\n"
        "\n"
        "**Tamako**: 1,201 questions\n"
        "- 1,167 answered, 34 failed, 0 stopped\n"
        "- 12,010 characters written, 2.5 credits\n"
        "- First text after: median 1.0 s, 95% within 1.0 s\n"
        "- Finished after: median 1.0 s, 95% within 1.0 s\n"
        "\n"
        "```\n"
        "Day    Asked Answered Failed Stopped\n"
        "28 Nov 1,200    1,166     34       0\n"
        "29 Nov     1        1      0       0\n"
        "```\n"
        "-# Times are accurate to 10%. The attached table has each day and chatbot."
    )


def test_a_chatbot_that_only_stepped_in() -> None:
    told = describe_usage(report(1, ("tamako", 0, usage(2, 1)), ("chatbase", 0, Usage(0, 1, 0, 0, 1))))
    assert "**All chatbots**: 2 questions\n- 2 answered, 1 failed, 0 stopped\n- 21 characters written" in told
    assert "**Chatbase**: 0 questions\n- 1 answered, 0 failed, 0 stopped\n- 1 character written" in told


def test_what_the_chart_shows_in_words() -> None:
    built = report(7, ("tamako", 6, usage(2)), ("tamako", 1, usage(5)), ("chatbase", 0, usage(4, 1)))
    assert chart_title(built) == "Questions in the last 7 days (23 Nov to 29 Nov, UTC)"
    assert describe_chart(built) == (
        "Bar chart: questions in the last 7 days (23 Nov to 29 Nov, UTC), by chatbot. "
        "11 questions in all: 10 answered, 1 failed, 0 stopped. By chatbot: Tamako 7, Chatbase 4. "
        "The busiest day was 28 November, with 5. "
        "Trend: rising, with 9 in the last 3 days and 2 in the first 3. "
        "First text after: median 1.0 s, 95% within 1.0 s. "
        "Finished after: median 1.0 s, 95% within 1.0 s. "
        "By day: 23 Nov 2, 24 Nov 0, 25 Nov 0, 26 Nov 0, 27 Nov 0, 28 Nov 5, 29 Nov 4."
    )


@pytest.mark.parametrize(
    ("earlier", "later", "trend"),
    [(10, 10, "about the same"), (10, 11, "about the same"), (10, 12, "rising"), (10, 8, "falling"), (0, 1, "rising")],
)
def test_the_trend(earlier: int, later: int, trend: str) -> None:
    built = report(7, ("tamako", 5, usage(earlier)), ("tamako", 0, usage(later)))
    assert f"Trend: {trend}, with {later} in the last 3 days and {earlier} in the first 3." in describe_chart(built)


names = st.sampled_from(["tamako", "chatbase", "chatbase-v2", "stammer", "chatbot", "gone"])
sizes = st.one_of(st.integers(1, 50), st.integers(1, 2**31))
totals = st.dictionaries(st.tuples(names, st.integers(0, 29)), sizes, min_size=1, max_size=150)


@given(totals, st.sampled_from([1, 7, 30]))
def test_however_much_there_is_it_fits_and_the_table_holds_all_of_it(
    found: Mapping[tuple[str, int], int], days: int
) -> None:
    counted = [(name, ago, usage(many, many // 3)) for (name, ago), many in found.items() if ago < days]
    built = report(days, *counted)
    if built.is_empty:
        assert not counted
        return
    message = describe_usage(built)
    assert len(message) <= MAX_CHARS
    table = message.split("```")[1] if "```" in message else ""
    assert all(len(line) <= WIDEST_ON_A_PHONE + 20 for line in table.splitlines())
    assert 0 < len(describe_chart(built)) <= MAX_ALT_CHARS
    rows = list(csv.DictReader(StringIO(usage_table(built))))
    daily = [row for row in rows if row["day"] != "all"]
    assert len(daily) == len(counted)
    assert sum(int(row["questions"]) for row in daily) == built.total.questions
    assert rows[-1]["chatbot"] == "All chatbots"
    assert int(rows[-1]["questions"]) == built.total.questions


def test_a_table_of_usual_numbers_fits_a_phone() -> None:
    message = describe_usage(report(30, *(("tamako", ago, usage(99_999, 9_999)) for ago in range(30))))
    lines = message.split("```")[1].strip().splitlines()
    assert len(lines) == 31
    assert {len(line) for line in lines} <= set(range(WIDEST_ON_A_PHONE + 1))


def test_figures_that_are_not_there_are_left_out() -> None:
    told = describe_usage(report(1, ("tamako", 0, usage(1, 1))))
    assert "First text" not in told
    assert "credits" not in told
    [row, *_] = csv.DictReader(StringIO(usage_table(report(1, ("tamako", 0, usage(1, 1))))))
    assert (row["first_text_median_seconds"], row["end_95th_percentile_seconds"]) == ("", "")
    assert Figures().first_text is None
