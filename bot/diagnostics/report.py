"""What was found out about one thing that the bot needs, and how a list of that is told: in Discord, and outside."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from bot.strings import diagnostics as say
from bot.text.pagination import MAX_PAGE_UNITS, utf16_len


class Status(Enum):
    """How a thing stands, worst first; the value is its mark in Discord."""

    ERROR = "❌"
    """Something does not work until it is fixed."""
    WARNING = "⚠️"
    """Something works worse than it could, or may stop working."""
    INFO = "➖"
    """Nothing is known to be wrong."""
    OK = "✅"


_ORDER = list(Status)

_FOLDED_UNITS = 200
"""The longest line of all that is well; there are fewer such things than would fill it."""

_STEP_UNITS = 20
"""In what steps lines are shortened."""

_MIN_SENTENCE_UNITS = 60
"""What stays of a sentence before its remedy is cut too."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One line of a report: what was looked at, how it stands, and how to mend what is wrong or a warning."""

    level: Status
    title: str
    sentence: str
    remedy: str = ""


def to_message(findings: Sequence[CheckResult], invite: str) -> str:
    """Return a report for Discord, the worst first, which always fits one message; `invite` is the invite link.

    If it is too long, everything that is OK shares a line, then the longest lines are cut.
    """
    ordered = sorted(findings, key=lambda finding: _ORDER.index(finding.level))
    counts = Counter(finding.level for finding in findings)
    heading = say.heading(counts[Status.ERROR], counts[Status.WARNING])
    foot = say.invite_in_report(invite)
    lines = [_marked(finding) for finding in ordered]
    if _fits(message := "\n".join([heading, *lines, foot])):
        return message
    others = [finding for finding in ordered if finding.level is not Status.OK]
    well = ", ".join(finding.title for finding in ordered if finding.level is Status.OK)
    folded = [_shortened(CheckResult(Status.OK, say.LEVEL_NAMES[Status.OK.name], well), _FOLDED_UNITS)] if well else []
    longest = MAX_PAGE_UNITS
    while not _fits(message := "\n".join([heading, *(_shortened(each, longest) for each in others), *folded, foot])):
        longest -= _STEP_UNITS  # the longest lines lose first, and short ones nothing
    return message


def to_line(finding: CheckResult) -> str:
    """Return a finding as one line for a terminal, without Discord's markup."""
    text = f"{finding.title}: {say.LEVEL_NAMES[finding.level.name]}. {finding.sentence} {finding.remedy}"
    return " ".join(_bare(text).split())


def _marked(finding: CheckResult) -> str:
    return " ".join(f"{finding.level.value} **{finding.title}.** {finding.sentence} {finding.remedy}".split())


def _fits(message: str) -> bool:
    return utf16_len(message) <= MAX_PAGE_UNITS


def _shortened(finding: CheckResult, room: int) -> str:
    """Return a line of at most `room` units: of its sentence only the beginning, so that the remedy stays readable.

    A line that was cut has no markup, which might have lost its other half.
    """
    line = _marked(finding)
    if utf16_len(line) <= room:
        return line
    head, remedy = f"{finding.level.value} {finding.title}. ", f" {_bare(finding.remedy)}" if finding.remedy else ""
    left = max(_MIN_SENTENCE_UNITS, room - utf16_len(head + remedy))
    return _cut(f"{head}{_cut(_bare(finding.sentence), left)}{remedy}", room)


def _cut(text: str, room: int) -> str:
    if utf16_len(text) <= room:
        return text
    while text and utf16_len(text) >= room:
        text = text[:-1]
    return f"{text}…"


def _bare(text: str) -> str:
    return text.replace("`", "").replace("**", "")
