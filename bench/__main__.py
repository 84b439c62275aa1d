"""`python -m bench`: measures, prints a table, and fails where a count got worse. Times are reported, not judged."""

import asyncio
import sys

from bench import growth, latency
from bench.figures import show


def main() -> int:
    """Run every benchmark and return the exit code."""
    figures = [*asyncio.run(latency.measure()), *growth.measure()]
    print(show(figures))
    return 0 if all(figure.kept for figure in figures if figure.counted) else 1


if __name__ == "__main__":
    sys.exit(main())
