"""What will read the files for deployments takes them, as far as it can be tried without an account and a cluster."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from tests.deploy.files import ALERTS, ALERTS_TEST, DASHBOARD, DEPLOY, DOCKERFILE, ROOT, UNIT_FILE, dashboard_queries

_BIN = ROOT / "build" / "deploy" / "bin"
"""Where `make slow` installs what it can from the package index."""

MAX_EXPOSURE = 1.5
"""Of 10, as `systemd-analyze security` rates how much of the system a service can reach."""


def _find(tool: str) -> str:
    found = _BIN / tool if (_BIN / tool).exists() else shutil.which(tool)
    if found is None:
        pytest.skip(f"{tool} is not installed")
    return str(found)


def _run(tool: str, *arguments: str | Path, **changed: str) -> subprocess.CompletedProcess[str]:
    command: Sequence[str | Path] = [_find(tool), *arguments]
    environment = {"PATH": os.environ["PATH"], **changed}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)


def _accepts(tool: str, *arguments: str | Path) -> None:
    done = _run(tool, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_takes_the_rules_and_how_it_finds_the_bot() -> None:
    _accepts("promtool", "check", "config", DEPLOY / "prometheus" / "prometheus.yml")


def test_each_alert_wakes_somebody_when_it_should() -> None:
    _accepts("promtool", "test", "rules", ALERTS_TEST)


def test_promtool_notices_an_alert_that_never_fires(tmp_path: Path) -> None:
    (tmp_path / "alerts.yml").write_text(
        ALERTS.read_text().replace("switchboard_breaker_open)", "switchboard_breaker)")
    )
    shutil.copy(ALERTS_TEST, tmp_path)
    done = _run("promtool", "test", "rules", tmp_path / "alerts_test.yml")
    assert done.returncode != 0
    assert "SwitchboardBreakerOpen" in done.stdout + done.stderr


def test_prometheus_understands_each_query_of_the_dashboard(tmp_path: Path) -> None:
    rules = [{"record": f"query_{number}", "expr": query} for number, query in enumerate(dashboard_queries())]
    file = tmp_path / "queries.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}), encoding="utf-8")
    _accepts("promtool", "check", "rules", "--lint=none", file)


def test_grafana_knows_each_property_of_the_dashboard() -> None:
    """Grafana's own published types read it and write it again; what they don't know they drop."""
    read_and_write = (
        "import sys, json\n"
        "from grafana_foundation_sdk.cog.encoder import JSONEncoder\n"
        "from grafana_foundation_sdk.cog.plugins import register_default_plugins\n"
        "from grafana_foundation_sdk.models.dashboard import Dashboard\n"
        "register_default_plugins()\n"
        "print(JSONEncoder(sort_keys=True).encode(Dashboard.from_json(json.load(sys.stdin))))"
    )
    if not (_BIN / "python").exists():
        pytest.skip("Grafana's types are not installed")
    text = DASHBOARD.read_text(encoding="utf-8")
    done = subprocess.run(
        [_BIN / "python", "-c", read_and_write], input=text, capture_output=True, text=True, check=True, timeout=60
    )
    lost = set(_lost(json.loads(text), json.loads(done.stdout)))
    # Grafana reads these two of annotations, and the third of variables; its types don't have them.
    assert {path.rpartition(".")[2] for path in lost} <= {"titleFormat", "textFormat", "definition"}, lost


def _lost(before: object, after: object, path: str = "") -> list[str]:
    """Return the paths of what is different after."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [each for key, value in before.items() for each in _lost(value, after.get(key), f"{path}.{key}")]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [each for pair in zip(before, after, strict=True) for each in _lost(*pair, path)]
    return [] if before == after else [path]


def test_compose_takes_its_file() -> None:
    _accepts("check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml")


@pytest.mark.parametrize("version", ["1.30", "1.37"])
def test_kubernetes_takes_its_file(version: str) -> None:
    file = DEPLOY / "kubernetes" / "switchboard.yaml"
    _accepts("kubernetes-validate", "--strict", "--kubernetes-version", version, file)


def test_kubernetes_schemas_notice_a_mistake(tmp_path: Path) -> None:
    text = (DEPLOY / "kubernetes" / "switchboard.yaml").read_text(encoding="utf-8")
    (tmp_path / "wrong.yaml").write_text(text.replace("readinessProbe:", "readyProbe:"), encoding="utf-8")
    assert _run("kubernetes-validate", "--strict", tmp_path / "wrong.yaml").returncode != 0


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    _accepts("hadolint", ROOT / "Dockerfile")


def _unit(tmp_path: Path, name: str, source: Path) -> Path:
    """Copy a unit to where systemd finds it by its name, with a program that exists here."""
    text = re.sub(
        r"^ExecStart=\S+", f"ExecStart={sys.executable}", source.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("switchboard-blue@.service", UNIT_FILE),
        ("switchboard-compose.service", DEPLOY / "systemd" / "switchboard-compose.service"),
    ],
)
def test_systemd_takes_the_units(name: str, source: Path, tmp_path: Path) -> None:
    done = _run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", _unit(tmp_path, name, source))
    assert done.returncode == 0, done.stderr
    assert "Unknown" not in done.stderr


def test_a_service_can_reach_little_of_the_system(tmp_path: Path) -> None:
    file = _unit(tmp_path, "switchboard-blue@.service", UNIT_FILE)
    done = _run("systemd-analyze", "security", "--offline=true", "--no-pager", file)
    (exposure,) = re.findall(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert float(exposure) <= MAX_EXPOSURE


def test_the_bot_runs_from_what_the_image_holds(tmp_path: Path) -> None:
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
        *sources, target = line.split()
        for source in sources:
            to = tmp_path / target.lstrip("/")
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, to)
            elif target.startswith("/"):
                to.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, to)
    assert {path.name for path in (tmp_path / "app").iterdir()} == {"bot", "cogs", "healthcheck.py", "pyproject.toml"}
    empty = tmp_path / "empty"
    empty.mkdir()
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path / "app")}
    for arguments, expected in ((["--version"], "switchboard "), (["new-key"], "")):
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=empty,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(expected)
    everything = (
        "import bot.app, cogs, importlib, pkgutil\n"
        "for each in pkgutil.walk_packages(cogs.__path__, 'cogs.'): importlib.import_module(each.name)"
    )
    subprocess.run([sys.executable, "-c", everything], cwd=empty, env=environment, check=True, timeout=60)
