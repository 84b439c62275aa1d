"""Reading numbers in stored settings, which somebody may have broken by hand."""

import re


def read_number(stored: str) -> int | None:
    """Return a number of at most 20 digits, as ids have; None for anything else."""
    return int(stored) if re.fullmatch("[0-9]{1,20}", stored) else None
