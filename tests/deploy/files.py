"""The files for deployments, and what is read out of them."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.providers import PROVIDERS
from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
APP: Mapping[str, Any] = json.loads((ROOT / "app.json").read_text(encoding="utf-8"))
COMPOSE: Mapping[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
KUBERNETES: list[Mapping[str, Any]] = list(
    yaml.safe_load_all((DEPLOY / "kubernetes" / "switchboard.yaml").read_text(encoding="utf-8"))
)
ALERTS = DEPLOY / "prometheus" / "alerts.yml"
ALERTS_TEST = DEPLOY / "prometheus" / "alerts_test.yml"
DASHBOARD = DEPLOY / "grafana" / "dashboards" / "switchboard.json"
UNIT_FILE = DEPLOY / "systemd" / "switchboard@.service"
UNIT = dict(re.findall(r"^(\w+)=(.*)$", UNIT_FILE.read_text(encoding="utf-8"), re.MULTILINE))

RULES: list[Mapping[str, Any]] = [
    rule for group in yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]
]


def settings_of_the_code() -> set[str]:
    """Return every environment variable that the code reads."""
    kinds = [kind.settings_type for kind in PROVIDERS]
    return {name.upper() for name in Settings.model_fields} | {
        kind.variable(name) for kind in kinds for name in kind.model_fields
    }


def default_of(setting: str) -> Any:  # noqa: ANN401 - each setting has a type of its own
    """Return a setting's default."""
    return Settings.model_fields[setting.lower()].default


def stateful_set() -> Mapping[str, Any]:
    """Return the manifest of the set of processes."""
    (found,) = (each for each in KUBERNETES if each["kind"] == "StatefulSet")
    return found


def dashboard_queries() -> Iterator[str]:
    """Yield each PromQL expression of the dashboard, with values for Grafana's variables."""
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    queries += [each["expr"] for each in dashboard["annotations"]["list"]]
    for query in queries:
        yield re.sub(r"\$__(?:rate_)?interval", "5m", query).replace("$job", "switchboard").replace("$instance", ".*")
