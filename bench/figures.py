"""What a benchmark yields: one figure beside the bound that it is to keep."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table. `bound` is None for what is only reported."""

    what: str
    figure: float
    unit: str
    bound: float | None
    counted: bool = False
    """Whether the figure is a count, which is the same on every machine, and so may fail the run."""

    @property
    def kept(self) -> bool:
        """Whether the figure keeps its bound."""
        return self.bound is None or self.figure <= self.bound


def show(figures: Iterable[Figure]) -> str:
    """Return the figures as a table."""
    rows = [("what", "figure", "bound", "")]
    rows += [
        (
            figure.what,
            f"{figure.figure:.3g} {figure.unit}".strip(),
            "" if figure.bound is None else f"{figure.bound:g} {figure.unit}".strip(),
            "ok" if figure.kept else "over",
        )
        for figure in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def middle(samples: Iterable[float]) -> float:
    """Return the median of `samples`."""
    return median(samples)
