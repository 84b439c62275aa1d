"""What a benchmark yields: one figure beside the bound that it is held against, and the table of all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Rule = Literal["times", "beyond", "max"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table.

    `must` is the most that the figure may be: so many `times` the bound, so much `beyond` it, or `max` at all, if
    there is nothing to compare it with. None: only reported.
    """

    what: str
    figure: float
    unit: str = ""
    bound: float | None = None
    must: float | None = None
    rule: Rule = "times"
    counted: bool = False
    """Whether the figure is a count, which is the same on every machine, and so may fail the run."""

    @property
    def ratio(self) -> float | None:
        """The figure in terms of its bound, None if there is none or it is nothing."""
        return self.figure / self.bound if self.bound else None

    @property
    def kept(self) -> bool:
        """Whether the figure is what it must be."""
        if self.must is None:
            return True
        base = self.bound or 0.0
        allowed = {"times": base * self.must, "beyond": base + self.must, "max": self.must}[self.rule]
        return self.figure <= allowed + 1e-9

    def as_json(self) -> dict[str, object]:
        """Return the row as JSON values."""
        names = ("what", "figure", "unit", "bound", "ratio", "must", "rule", "counted", "kept")
        return {name: getattr(self, name) for name in names}

    def as_row(self) -> Sequence[str]:
        """Return the row's cells."""
        return (
            self.what,
            _number(self.figure, self.unit),
            "" if self.bound is None else _number(self.bound, self.unit),
            "" if self.ratio is None else f"{self.ratio:.2f}",
            self._must(),
            "" if self.must is None else "ok" if self.kept else "over",
        )

    def _must(self) -> str:
        if self.must is None:
            return ""
        match self.rule:
            case "times":
                return f"{self.must:g} times"
            case "beyond":
                return f"+ {_number(self.must, self.unit)}"
            case "max":
                return f"at most {_number(self.must, self.unit)}"


def show(figures: Iterable[Figure]) -> str:
    """Return the figures as a table."""
    rows = [("what", "figure", "bound", "ratio", "must reach", ""), *(figure.as_row() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def percentile(samples: Sequence[float], share: float) -> float:
    """Return the sample below which `share` (0 to 1) of them lie, the largest one for few of them."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _number(value: float, unit: str) -> str:
    return f"{value:.3g} {unit}".strip() if abs(value) < 1000 else f"{value:.0f} {unit}".strip()
