"""A clock for the event loop that runs only while nobody has anything to do: work on a slow machine takes no time."""

import asyncio
import selectors

import pytest


def count_waiting_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the running loop's time go on only by waits in which nothing came; work, ours or another's, takes none."""
    loop = asyncio.get_running_loop()
    selector: selectors.BaseSelector = loop._selector  # type: ignore[attr-defined]  # asyncio has no public way
    real_select, now = selector.select, loop.time()

    def select(timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        nonlocal now
        found = real_select(timeout)
        if not found:
            now += timeout or 0.0
        return found

    monkeypatch.setattr(loop, "time", lambda: now)
    monkeypatch.setattr(selector, "select", select)
