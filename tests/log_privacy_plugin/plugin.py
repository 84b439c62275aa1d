"""A pytest plugin: a run in which any log line held a text or a secret has failed, even if each of its tests passed."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest

from tests.log_privacy_plugin.hidden import Hidden
from tests.log_privacy_plugin.lines import Lines
from tests.log_privacy_plugin.sources import attach

_MARKER = "indiscreet: logs what must not be logged, to see what becomes of it; its lines are not held against the run"

_LEAKS = "leaks"
"""Under what name a worker process hands its leaks to the one that started it."""


class Discretion:
    """Listens to one test process; in one that has workers, gathers what they found."""

    def __init__(self) -> None:
        self._hidden = Hidden()
        self._lines = Lines()
        self._patch = pytest.MonkeyPatch()
        self._leaks: list[dict[str, str]] = []

    def pytest_collection_finish(self) -> None:
        """Watch what the tests have imported by now."""
        attach(self._patch, self._hidden, self._lines)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Listen to a test, and to its fixtures."""
        self._lines.listen(item.nodeid, ignored=item.get_closest_marker("indiscreet") is not None)
        return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Compare, and fail the run if that found anything."""
        for line, place in self._lines.kept.items():
            self._leaks += [{"kind": kind, **asdict(place)} for kind in sorted(self._hidden.kinds_in(line))]
        output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_LEAKS] = self._leaks
        elif self._leaks and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401 - of pytest-xdist
        """Take over what a worker found."""
        self._leaks += getattr(node, "workeroutput", {}).get(_LEAKS, [])

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name the logger and the kind of what it gave away, never the text."""
        told = {(leak["logger"], leak["source"], leak["kind"]): leak for leak in self._leaks}
        if told:
            terminalreporter.section("texts and secrets in the log", red=True, bold=True)
        for leak in told.values():
            terminalreporter.line("{logger} logged {kind} at {source}, in {test}".format_map(leak))

    def pytest_unconfigure(self) -> None:
        """Leave everything as it was."""
        self._patch.undo()


def pytest_configure(config: pytest.Config) -> None:
    """Begin."""
    config.addinivalue_line("markers", _MARKER)
    config.pluginmanager.register(Discretion(), "discretion")
