"""What is counted, under bounded labels alone; and what it costs."""

import subprocess
import sys
from dataclasses import dataclass, replace
from time import perf_counter

import pytest
from prometheus_client import CollectorRegistry

from bot.domain import errors
from bot.domain.fair_use.usage import FinishedRun
from bot.domain.runtime.telemetry import NO_TELEMETRY, Telemetry
from bot.operations.metrics.counting import KINDS, CountingTelemetry

PROVIDERS = ("tamako", "chatbase")
RUN = FinishedRun(None, "tamako", "answered", 100, None, 1_400, 4_000)


@dataclass
class Counted:
    """What counts, and what it has counted."""

    registry: CollectorRegistry
    telemetry: CountingTelemetry

    def value(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(f"switchboard_{name}", labels)

    def labels(self) -> dict[str, set[str]]:
        """Return all values of each label."""
        found = dict[str, set[str]]()
        for family in self.registry.collect():
            for sample in family.samples:
                for name, value in sample.labels.items():
                    found.setdefault(name, set()).add(value)
        found.pop("le", None)
        return found


@pytest.fixture
def counted() -> Counted:
    registry = CollectorRegistry()
    return Counted(registry, CountingTelemetry(registry, PROVIDERS))


def test_a_run_is_counted_with_its_times(counted: Counted) -> None:
    counted.telemetry.run_ended(RUN)
    counted.telemetry.run_ended(replace(RUN, provider="chatbase", ending="failed", first_text=None))
    counted.telemetry.run_ended(replace(RUN, ending="stopped"))
    assert counted.value("answers_total", provider="tamako", ending="answered") == 1
    assert counted.value("answers_total", provider="chatbase", ending="failed") == 1
    assert counted.value("first_text_seconds_count", provider="tamako") == 2
    assert counted.value("first_text_seconds_bucket", provider="tamako", le="1.0") == 0
    assert counted.value("first_text_seconds_bucket", provider="tamako", le="1.5") == 2
    assert counted.value("answer_seconds_sum", provider="tamako") == 4.0
    assert counted.value("answer_seconds_count", provider="chatbase") is None


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (errors.Unreachable("Tamako"), "Unreachable"),
        (errors.ServerFault("Tamako", 503), "ServerFault"),
        (errors.NoReply("Tamako"), "NoReply"),
        (errors.Stopped(), None),
        (errors.Interrupted(), None),
        (errors.QuestionDeleted(), None),
    ],
)
def test_failures_are_told_apart_and_what_people_wanted_is_none(
    counted: Counted, error: errors.AnswerError, kind: str | None
) -> None:
    counted.telemetry.provider_failed("tamako", error)
    failed = counted.labels().get("kind", set()) - {"create", "edit", "delete"}
    assert failed == ({kind} if kind else set())


def test_no_label_takes_any_number_of_values(counted: Counted) -> None:
    telemetry = counted.telemetry
    for number in range(500):
        made_up = type(f"Made{number}", (errors.AnswerError,), {})
        telemetry.question_refused(made_up())
        telemetry.provider_failed(f"provider-{number}", made_up())
        telemetry.run_ended(replace(RUN, server=number, provider=f"provider-{number}"))
        telemetry.discord_responded(number * 3)
        telemetry.discord_limited(f"scope-{number}")
    for name in KINDS:
        telemetry.question_refused(type(name, (errors.AnswerError,), {})())
    assert counted.labels() == {
        "provider": {*PROVIDERS, "other"},
        "ending": {"answered", "failed", "stopped"},
        "kind": {*KINDS, "other", "create", "edit", "delete"},
        "status": {"2xx", "3xx", "4xx", "5xx", "429", "other"},
        "scope": {"user", "global", "shared", "none"},
        "operation": {"read", "write"},
        "how": {"begun", "resumed"},
    }
    assert len(KINDS) < 60


def test_requests_are_counted_by_how_they_ended(counted: Counted) -> None:
    for status in (200, 204, 404, 429, 502, None):
        counted.telemetry.discord_responded(status)
    for scope in ("user", "global", "shared", "", "GLOBAL?"):
        counted.telemetry.discord_limited(scope)
    by_status = {name: counted.value("discord_requests_total", status=name) for name in ("2xx", "4xx", "429", "none")}
    assert by_status == {"2xx": 2, "4xx": 1, "429": 1, "none": 1}
    by_scope = {name: counted.value("discord_rate_limited_total", scope=name) for name in ("user", "global", "none")}
    assert by_scope == {"user": 1, "global": 1, "none": 2}


def tell_of_a_question(telemetry: Telemetry) -> None:
    """Tell of what happens for one answer that is edited twenty times."""
    telemetry.question_came()
    for _ in range(12):
        telemetry.database_called(0.001, writes=True, failed=False)
    for _ in range(20):
        telemetry.edit_shown("edit", 0.4)
        telemetry.discord_responded(200)
    telemetry.run_ended(RUN)


def test_a_question_costs_next_to_nothing(counted: Counted) -> None:
    def cost(telemetry: Telemetry) -> float:
        """Return the least seconds of a hundred tries: what else runs on the machine only adds to it."""
        taken = []
        for _ in range(100):
            began = perf_counter()
            tell_of_a_question(telemetry)
            taken.append(perf_counter() - began)
        return min(taken)

    assert cost(NO_TELEMETRY) < 0.000_1
    assert cost(counted.telemetry) < 0.002


@pytest.mark.slow
def test_without_an_operator_nothing_of_it_is_imported() -> None:
    """The start is no slower: what serves and counts is imported only if PORT is set."""
    code = "import sys, bot.app; print([name for name in ('prometheus_client', 'aiohttp.web') if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
