"""What `/usage` says: the message, the table that is attached, and what its chart shows."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from io import StringIO

from bot.domain.fair_use.usage_report import DayFigures, Figures, Times, UsageReport
from bot.strings.markup import in_figures, with_unit

MAX_ALT_CHARS = 1024
"""Characters: the longest description that Discord takes for a file (documentation, "Attachment Object")."""

MAX_CHARS = 2000

DAYS_OPTION = "For how many days, in UTC. Leave empty for 7"
TODAY, WEEK, MONTH = "today", "7 days", "30 days"
"""What the option of `/usage` is for, and its choices."""

ALL = "All chatbots"
"""The heading of what is about all chatbots together."""

_HEADER = (
    "day,chatbot,questions,answered,failed,stopped,characters,credits,"
    "first_text_median_seconds,first_text_95th_percentile_seconds,end_median_seconds,end_95th_percentile_seconds"
)
_COLUMNS = _HEADER.split(",")


def needs_server() -> str:
    """Return what is said if `/usage` is used outside a server."""
    return "`/usage` is about a server. Please use it in one."


def already_preparing() -> str:
    """Return what is said to somebody whose figures are on their way."""
    return "I'm already preparing your figures. Please wait for them."


def usage_busy() -> str:
    """Return what is said if too many people want figures at once."""
    return "I'm preparing figures for other servers right now. Please try again in a minute."


def no_questions(days: int) -> str:
    """Return what is said if nothing was asked."""
    return "No questions today." if days == 1 else f"No questions in the last {days} days."


def describe_usage(report: UsageReport) -> str:
    """Return the message: what is known of all days together, and day by day if there is room for it."""
    lines = [f"**Usage {_when(report)}**"]
    if report.counted_since is not None:
        lines.append(f"-# Nothing was counted before {_in_full(report.counted_since)}.")
    several = len(report.by_provider) > 1
    for label, figures in [*([(ALL, report.total)] if several else []), *report.by_provider.items()]:
        lines += ["", *_describe(label, figures)]
    footer = "-# Times are accurate to 10%. The attached table has each day and chatbot."
    daily = ["", "```", *_daily_table(report), "```"] if len(report.days) > 1 else [""]
    message = "\n".join([*lines, *daily, footer])
    return message if len(message) <= MAX_CHARS else "\n".join([*lines, "", footer])


def _when(report: UsageReport) -> str:
    first, last = report.days[0].day, report.days[-1].day
    if first == last:
        return f"today ({day_label(last)}, UTC)"
    return f"in the last {len(report.days)} days ({day_label(first)} to {day_label(last)}, UTC)"


def _describe(label: str, figures: Figures) -> Iterator[str]:
    yield f"**{label}**: {_many(figures.questions, 'question')}"
    yield f"- {figures.answered:,} answered, {figures.failed:,} failed, {figures.stopped:,} stopped"
    cost = f", {_in_thousands(figures.credits)} credits" if figures.credits else ""
    yield f"- {_many(figures.characters, 'character')} written{cost}"
    if figures.first_text is not None:
        yield f"- First text after: {_describe_times(figures.first_text)}"
    if figures.end is not None:
        yield f"- Finished after: {_describe_times(figures.end)}"


def _describe_times(times: Times) -> str:
    return f"median {with_unit(times.median)}, 95% within {with_unit(times.percentile_95)}"


def _daily_table(report: UsageReport) -> Iterator[str]:
    rows = [("Day", "Asked", "Answered", "Failed", "Stopped")]
    for each in _counted(report):
        counts = (each.total.questions, each.total.answered, each.total.failed, each.total.stopped)
        rows.append((day_label(each.day), *(f"{count:,}" for count in counts)))  # type: ignore[arg-type]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for day, *counts_shown in rows:
        cells = (text.rjust(width) for text, width in zip(counts_shown, widths[1:], strict=True))
        yield " ".join([day.ljust(widths[0]), *cells])


def usage_table(report: UsageReport) -> str:
    """Return everything as CSV: by day and chatbot, and all days together."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for each in report.days:
        writer.writerows(_rows(each.day.isoformat(), each.by_provider.items()))
    writer.writerows(_rows("all", [*report.by_provider.items(), (ALL, report.total)]))
    return text.getvalue()


def _rows(day: str, by_label: Iterable[tuple[str, Figures]]) -> Iterator[Sequence[str | int]]:
    for label, figures in by_label:
        counts = (figures.questions, figures.answered, figures.failed, figures.stopped, figures.characters)
        yield (day, label, *counts, in_figures(figures.credits), *_cells(figures.first_text), *_cells(figures.end))


def _cells(times: Times | None) -> tuple[str, str]:
    return ("", "") if times is None else (f"{times.median:.3f}", f"{times.percentile_95:.3f}")


def chart_title(report: UsageReport) -> str:
    """Return what is written above the chart."""
    return f"Questions {_when(report)}"


def day_label(day: date) -> str:
    """Return a day as it is called below its bar."""
    return f"{day.day} {day:%b}"


def describe_chart(report: UsageReport) -> str:
    """Return what the chart shows, in at most 1,024 characters, for people who cannot see it."""
    total = report.total
    outcomes = f"{total.answered:,} answered, {total.failed:,} failed, {total.stopped:,} stopped"
    by_label = ", ".join(f"{label} {figures.questions:,}" for label, figures in report.by_provider.items())
    sentences = [
        f"Bar chart: questions {_when(report)}, by chatbot.",
        f"{_many(total.questions, 'question')} in all: {outcomes}.",
        f"By chatbot: {by_label}.",
        *_describe_trend(report),
    ]
    if total.first_text is not None:
        sentences.append(f"First text after: {_describe_times(total.first_text)}.")
    if total.end is not None:
        sentences.append(f"Finished after: {_describe_times(total.end)}.")
    if len(report.days) > 1:
        daily = ", ".join(f"{day_label(each.day)} {each.total.questions:,}" for each in _counted(report))
        sentences.append(f"By day: {daily}.")
    shown = ""
    for sentence in sentences:
        longer = f"{shown} {sentence}".lstrip()
        if len(longer) <= MAX_ALT_CHARS:
            shown = longer
    return shown


def _describe_trend(report: UsageReport) -> Iterator[str]:
    """Yield which day had the most questions, and how the later half of the counted days compares with the earlier."""
    counted = _counted(report)
    half = len(counted) // 2
    if not half:
        return
    busiest = max(counted, key=lambda each: each.total.questions)
    yield f"The busiest day was {_in_full(busiest.day)}, with {busiest.total.questions:,}."
    earlier = sum(each.total.questions for each in counted[:half])
    later = sum(each.total.questions for each in counted[-half:])
    last, first = ("day", "first") if half == 1 else (f"{half} days", f"first {half}")
    yield f"Trend: {_compare(earlier, later)}, with {later:,} in the last {last} and {earlier:,} in the {first}."


def _counted(report: UsageReport) -> Sequence[DayFigures]:
    """Return the days from the first that was counted on."""
    since = report.counted_since
    return [each for each in report.days if since is None or each.day >= since]


def _compare(earlier: int, later: int) -> str:
    if 0.9 * earlier <= later <= 1.1 * earlier:
        return "about the same"
    return "rising" if later > earlier else "falling"


def _in_full(day: date) -> str:
    return f"{day.day} {day:%B}"


def _many(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def _in_thousands(number: float) -> str:
    whole, _, rest = in_figures(number).partition(".")
    return f"{int(whole):,}{f'.{rest}' if rest else ''}"
