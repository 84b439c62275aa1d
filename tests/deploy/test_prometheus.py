"""A real Prometheus loads the alert rules, reads the program's figures, and answers each query of the dashboard."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
import yaml
from prometheus_client.exposition import generate_latest

from tests.deploy.figures import Figures
from tests.deploy.files import ALERTS, RULES, dashboard_queries

pytestmark = pytest.mark.skipif(shutil.which("prometheus") is None, reason="prometheus is not installed")

_SECONDS = 60
"""How long a machine with much to do may take for what takes 5 s."""


class _Handler(BaseHTTPRequestHandler):
    """Answers with the figures, in which everything has happened once more."""

    figures = Figures()

    def do_GET(self) -> None:
        self.figures.count()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(generate_latest(self.figures.registry))

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run Prometheus with the rules and one process to ask, and give the address of its API."""
    folder = tmp_path_factory.mktemp("prometheus")
    shutil.copy(ALERTS, folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as figures:
        Thread(target=figures.serve_forever, daemon=True).start()
        target = {"job_name": "switchboard", "static_configs": [{"targets": [f"127.0.0.1:{figures.server_port}"]}]}
        configuration = {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [ALERTS.name],
            "scrape_configs": [target],
        }
        file = folder / "prometheus.yml"
        file.write_text(yaml.safe_dump(configuration), encoding="utf-8")
        address = f"127.0.0.1:{_free_port()}"
        data = f"--storage.tsdb.path={folder / 'data'}"
        command = ["prometheus", f"--config.file={file}", data, f"--web.listen-address={address}"]
        with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
            try:
                yield f"http://{address}/api/v1"
            finally:
                process.terminate()
                figures.shutdown()


def _get(address: str, path: str, **query: str) -> dict[str, list[dict[str, object]]]:
    with urlopen(f"{address}/{path}?{urlencode(query)}", timeout=20) as response:
        data: dict[str, list[dict[str, object]]] = json.load(response)["data"]
        return data


def _wait(address: str, path: str, **query: str) -> dict[str, list[dict[str, object]]]:
    """Ask until there is something to tell; Prometheus needs two scrapes for a rate."""
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        try:
            if any((data := _get(address, path, **query)).values()) and data.get("result", True):
                return data
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"{path} {query} has nothing to tell")


def test_each_rule_is_evaluated(prometheus: str) -> None:
    _wait(prometheus, "query", query='up{job="switchboard"} == 1')
    end = time.monotonic() + _SECONDS
    health: list[object] = ["unknown"]
    while "unknown" in health and time.monotonic() < end:
        groups = _wait(prometheus, "rules")["groups"]
        health = [rule["health"] for group in groups for rule in group["rules"]]  # type: ignore[attr-defined]
        time.sleep(0.2)
    assert health == ["ok"] * len(RULES)


@pytest.mark.parametrize("query", [*dict.fromkeys(dashboard_queries())])
def test_each_query_of_the_dashboard_finds_figures(query: str, prometheus: str) -> None:
    if query.startswith("changes("):
        query = query.partition(" > ")[0]  # a start is shown only if there was one
    _wait(prometheus, "query", query=query)


def test_the_query_of_a_figure_that_does_not_exist_finds_none(prometheus: str) -> None:
    _wait(prometheus, "query", query="up == 1")
    assert _get(prometheus, "query", query="switchboard_nothing")["result"] == []
