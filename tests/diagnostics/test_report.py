"""A report: the worst first, each line marked, always one message; and outside one line each without markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.diagnostics.report import CheckResult, Status, to_line, to_message
from bot.text.pagination import MAX_PAGE_UNITS, utf16_len

LINK = f"https://discord.com/oauth2/authorize?client_id={'9' * 20}&scope=bot+applications.commands&permissions=1"

TEXT = st.text(st.sampled_from("ab *`~|😀é"), max_size=600)
FINDINGS = st.lists(
    st.builds(CheckResult, st.sampled_from(Status), st.text("abc", min_size=1, max_size=25), TEXT, TEXT), max_size=25
)


def test_the_worst_comes_first_and_what_is_as_bad_keeps_its_order() -> None:
    levels = [Status.OK, Status.INFO, Status.ERROR, Status.WARNING, Status.ERROR]
    findings = [CheckResult(level, f"Thing {number}", "It is so.") for number, level in enumerate(levels)]
    assert to_message(findings, LINK).splitlines() == [
        "**2 problems to fix here.**",
        "❌ **Thing 2.** It is so.",
        "❌ **Thing 4.** It is so.",
        "⚠️ **Thing 3.** It is so.",
        "➖ **Thing 1.** It is so.",
        "✅ **Thing 0.** It is so.",
        f"-# Invite link with every permission I need: <{LINK}>",
    ]


@pytest.mark.parametrize(
    ("levels", "heading"),
    [
        ([Status.OK, Status.INFO], "**Everything works here.**"),
        ([Status.WARNING, Status.INFO], "**I can answer here, with 1 warning.**"),
        ([Status.WARNING, Status.WARNING], "**I can answer here, with 2 warnings.**"),
        ([Status.WARNING, Status.ERROR], "**1 problem to fix here.**"),
    ],
)
def test_the_first_line_says_how_bad_it_is(levels: list[Status], heading: str) -> None:
    findings = [CheckResult(level, "Thing", "It is so.") for level in levels]
    assert to_message(findings, LINK).splitlines()[0] == heading


def test_where_a_report_is_long_all_that_is_well_shares_a_line() -> None:
    findings = [CheckResult(Status.OK, f"Thing {number}", "It is so. " * 40) for number in range(5)]
    findings.append(CheckResult(Status.ERROR, "Other", "It is not.", "Mend it."))
    _, wrong, well, foot = to_message(findings, LINK).splitlines()
    assert wrong == "❌ **Other.** It is not. Mend it."
    assert well == "✅ **OK.** Thing 0, Thing 1, Thing 2, Thing 3, Thing 4"
    assert LINK in foot


@given(FINDINGS)
def test_any_report_fits_one_message_and_names_whatever_is_not_well(findings: list[CheckResult]) -> None:
    message = to_message(findings, LINK)
    assert utf16_len(message) <= MAX_PAGE_UNITS
    assert message.endswith(f"<{LINK}>")
    for level in (Status.ERROR, Status.WARNING, Status.INFO):
        shown = [line for line in message.splitlines() if line.startswith(level.value)]
        told = [finding for finding in findings if finding.level is level]
        assert len(shown) == len(told)
        assert all(finding.title in line for finding, line in zip(told, shown, strict=True))


@given(st.builds(CheckResult, st.sampled_from(Status), st.just("Thing"), TEXT, TEXT))
def test_outside_a_finding_is_one_line_without_markup(finding: CheckResult) -> None:
    line = to_line(finding)
    assert len(line.splitlines()) == 1
    assert "**" not in line
    assert "`" not in line
    assert line.startswith("Thing: ")


def test_a_line_outside_says_how_it_stands_in_a_word() -> None:
    words = [to_line(CheckResult(level, "Thing", "So.", "Do `this`.")) for level in Status]
    assert words == [f"Thing: {word}. So. Do this." for word in ("error", "warning", "note", "OK")]
