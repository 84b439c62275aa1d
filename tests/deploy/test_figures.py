"""Every metric, label and value that the alert rules and the dashboard name is one that the program has."""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

import pytest
import yaml

from bot.operations.metrics.counting import KINDS
from tests.deploy.figures import Figures
from tests.deploy.files import ALERTS_TEST, PAGE, RULES, dashboard_queries

OF_PROMETHEUS = {"job", "instance", "le"}
"""Labels that come from outside of the program, or that each histogram has."""


@cache
def _known() -> Mapping[str, Mapping[str, set[str]]]:
    """Return each sample's name, with the values that each of its labels has had."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for family in Figures().registry.collect():
        for sample in family.samples:
            labels = found[sample.name]
            for name, value in sample.labels.items():
                labels[name].add(value)
    found["up"]["job"].add("switchboard")
    return found


EXPRESSIONS = [*(rule["expr"] for rule in RULES), *dashboard_queries()]


_NAME = r"\b(switchboard_\w+|process_\w+|up)\b"
_SELECTOR = re.compile(_NAME + r"(?:\{(.*?)\})?")
_MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)"(.*?)"')


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_an_expression_names_exists(expression: str) -> None:
    labels: set[str] = set()
    selectors = _SELECTOR.findall(expression)
    assert selectors
    for name, matchers in selectors:
        assert name in _known(), name
        labels |= _known()[name].keys()
        for label, operator, value in _MATCHER.findall(matchers):
            if label in OF_PROMETHEUS:
                continue
            values = KINDS if label == "kind" and name != "switchboard_edits_total" else _known()[name][label]
            wanted = value.split("|") if operator in ("=~", "!~") else [value]
            assert set(wanted) <= set(values), f"{name}{{{label}}}"
    for grouped in re.findall(r"\b(?:by|on|without|ignoring) ?\((.*?)\)", expression):
        assert set(filter(None, grouped.split(", "))) <= labels | OF_PROMETHEUS, grouped


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_what_an_alert_says_can_be_said(rule: Mapping[str, Mapping[str, str]]) -> None:
    """A label that the expression drops would be shown as nothing."""
    expression = str(rule["expr"])
    kept = set(re.findall(r"\w+", " ".join(re.findall(r"\bby \((.*?)\)", expression)))) - {"le"}
    if not re.search(r"\b(?:sum|max|min|count)\b", expression.partition("unless")[0]):
        kept |= OF_PROMETHEUS
    said = set(re.findall(r"\$labels\.(\w+)", " ".join(rule["annotations"].values())))
    assert said <= kept
    assert rule["labels"]["severity"] in ("page", "ticket")


def test_each_alert_is_played() -> None:
    played = yaml.safe_load(ALERTS_TEST.read_text(encoding="utf-8"))["tests"]
    fired: set[str] = set()
    for each in played:
        fired |= {case["alertname"] for case in each.get("alert_rule_test", ()) if case["exp_alerts"]}
        for case in each.get("promql_expr_test", ()):
            if case["exp_samples"]:
                names = re.findall(r'alertname="(\w+)"', case["expr"])
                fired |= set(names or re.findall(r'alertname="(\w+)"', str(case["exp_samples"])))
                fired |= set(re.findall(r'alertname="(\w+)"', str(case["exp_samples"])))
    assert fired == {rule["alert"] for rule in RULES}


def test_what_the_played_series_name_exists() -> None:
    for each in yaml.safe_load(ALERTS_TEST.read_text(encoding="utf-8"))["tests"]:
        for series in each["input_series"]:
            name, matchers = _SELECTOR.findall(series["series"])[0]
            for label, _, value in _MATCHER.findall(matchers):
                assert label in OF_PROMETHEUS or label in _known()[name], f"{name}: {label}"
                assert label != "kind" or value in KINDS


def test_the_dashboard_shows_every_figure() -> None:
    shown = {name for query in dashboard_queries() for name, _ in _SELECTOR.findall(query)}
    own = [family for family in Figures().registry.collect() if family.name.startswith("switchboard_")]
    assert not [family.name for family in own if not shown & {sample.name for sample in family.samples}]


def test_the_page_names_alerts_that_exist() -> None:
    assert set(re.findall(r"`(Switchboard\w+)`", PAGE)) <= {rule["alert"] for rule in RULES}
