"""`python -m bench`: measures the bot, prints one table, and writes it as JSON and its curves as pictures.

It fails if a count is worse than its bound. Times are only reported, for the reader to judge.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import encryption, growth, history, limits, load, starting, streaming
from bench.crowds import PIECES
from bench.figures import Figure, show
from bench.pictures import draw
from bench.scale import capacity, coordination, several, starts, stored

_FOLDER = Path("build") / "bench"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks and return the exit code: 1 if a count is worse than it must be."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure Switchboard against its bounds.")
    parser.add_argument("--short", action="store_true", help="half a minute's worth, for continuous integration")
    parser.add_argument("--channel", action="store_true", help="several askers in one channel alone, a minute's worth")
    parser.add_argument(
        "--scale", action="store_true", help="many servers and several processes alone, a quarter of an hour"
    )
    parser.add_argument("--to", type=Path, default=_FOLDER, help=f"where JSON and pictures go (default: {_FOLDER})")
    chosen = parser.parse_args(arguments)
    begun = time.monotonic()
    chosen.to.mkdir(parents=True, exist_ok=True)
    bench = Bench(chosen.to)
    parts = {"short": bench.run_short, "channel": bench.run_channel, "scale": bench.run_scale}
    asyncio.run(next((run for name, run in parts.items() if getattr(chosen, name)), bench.run)())
    print(show(bench.figures))
    print(f"\n{time.monotonic() - begun:.0f} s; {chosen.to}/figures.json and the pictures beside it hold it all")
    worse = [figure.what for figure in bench.figures if figure.counted and not figure.kept]
    for what in worse:
        print(f"worse than it must be: {what}", file=sys.stderr)
    return 1 if worse else 0


class Bench:
    """All the figures so far, and the curves behind them, written to a folder as they come."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.figures: list[Figure] = []
        self.curves: dict[str, Any] = {}

    async def run(self) -> None:
        """Measure everything."""
        figures, trips = await streaming.measure_first(rounds=20)
        self._add(figures)
        self._add(*await streaming.measure_crowd(trips, rounds=5))
        self._add(*await streaming.measure_lengths(lengths=(40, 80, 180, 360, 600)))
        await self.run_channel()
        self._add(*await limits.measure_rush(askers=200))
        self._add(await load.count_calls(questions=12))
        self._add(*await load.measure_at_once(answers=1000))
        for at_a_time in (100, 20):
            self._add(*await load.measure_endurance(questions=10_000, at_a_time=at_a_time))
        self._add(*await starting.measure(servers=2000, rounds=9))
        self._add(await history.measure(many=1_000_000, rounds=200))
        self._add(await encryption.measure(rounds=500))
        self._add(*growth.measure(rounds=7))
        await self.run_scale()

    async def run_scale(self) -> None:
        """Measure many servers, a database of a year, and several processes."""
        self._add(await coordination.measure(rounds=300))
        self._add(*await several.measure(questions=1000))
        self._add(await capacity.measure(servers=1000, messages=20_000))
        self._add(await stored.measure(rows=1_000_000, rounds=50))
        self._add(await starts.measure(rows=1_000_000, servers=2000, rounds=5))

    async def run_channel(self) -> None:
        """Measure several askers in one channel."""
        for askers, pieces in ((3, PIECES), (6, PIECES), (6, 80)):
            self._add(await limits.measure_one_channel(askers=askers, pieces=pieces))

    async def run_short(self) -> None:
        """Count what must not get worse, on several stages at once: counts are the same however busy the machine is."""
        self._add(*growth.measure(rounds=1))
        self._add(await stored.count(rows=20_000))
        self._add(await coordination.count_trips())
        async with asyncio.TaskGroup() as stages:
            stages.create_task(self._count(streaming.count_crowd()))
            stages.create_task(self._count(limits.measure_one_channel(askers=6, pieces=30)))
            stages.create_task(self._count(limits.measure_rush(askers=100)))
            stages.create_task(self._count(load.count_calls(questions=12)))
            stages.create_task(self._count(load.measure_endurance(questions=400, first=20, rest=0)))

    async def _count(self, measure: Awaitable[Sequence[Figure] | tuple[Sequence[Figure], Mapping[str, Any]]]) -> None:
        found = await measure
        figures = found[0] if isinstance(found, tuple) else found
        # Several stages at once disturb each other's times: those are shown, and not judged.
        self._add([figure if figure.counted else replace(figure, must=None) for figure in figures])

    def _write(self) -> None:
        """Write the figures as JSON and the curves as pictures."""
        folder = self._folder
        document = {"figures": [figure.as_json() for figure in self.figures], "curves": self.curves}
        (folder / "figures.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        for name, picture in self._pictures():
            (folder / f"{name}.svg").write_text(picture, encoding="utf-8")

    def _add(self, figures: Sequence[Figure], curves: Mapping[str, Any] | None = None) -> None:
        self.figures += figures
        self.curves |= curves or {}
        print(show(figures).partition("\n")[2], file=sys.stderr, flush=True)
        self._write()

    def _pictures(self) -> list[tuple[str, str]]:
        found, curves = [], self.curves
        if "one answer" in curves:
            one = {
                "sent by the provider": curves["one answer"]["sent"],
                "seen in Discord": curves["one answer"]["seen"],
            }
            found.append(("answer", draw("One answer", "seconds", "characters", one, steps=("seen in Discord",))))
        if "staleness by length" in curves:
            lines = {
                "the bot": [(length, seen) for length, seen, _, _ in curves["staleness by length"]],
                "best schedule": [(length, best) for length, _, best, _ in curves["staleness by length"]],
                "best that keeps a slot": [(length, kept) for length, _, _, kept in curves["staleness by length"]],
            }
            title = "How stale the visible text is, by the answer's length"
            found.append(("staleness", draw(title, "seconds of streaming", "seconds", lines)))
        if "ends" in curves:
            count = range(1, len(curves["ends"]) + 1)
            rush = {
                "streams ended": list(zip(curves["ends"], count, strict=True)),
                "finals shown": list(zip(sorted(curves["finals"]), count, strict=True)),
            }
            found.append(("rush", draw("200 answers that end within two seconds", "seconds", "answers", rush)))
        if "processes" in curves:
            title = "Processes of one bot on one machine, which the sandbox and the database share"
            rates = {"questions a second": curves["processes"]}
            found.append(("processes", draw(title, "processes", "questions a second", rates)))
        memory = {name: curve for name, curve in curves.items() if name.startswith("memory")}
        if memory:
            found.append(("memory", draw("Memory", "questions answered", "MB", memory)))
        if "growth" in curves:
            title = "Time per character, by the answer's length"
            found.append(("growth", draw(title, "characters", "ns", curves["growth"], logarithmic=True)))
        return found


if __name__ == "__main__":
    sys.exit(main())
