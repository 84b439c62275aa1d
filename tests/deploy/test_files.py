"""What the files for deployments name exists, and what has to be the same in several of them is."""

import base64
import re
import shlex
import tomllib
from typing import Any

import pytest

from bot.crypto.keys import MalformedKeys, new_key, parse_keys
from bot.stop_signals import EXIT_SECONDS
from tests.deploy.files import (
    APP,
    COMPOSE,
    DOCKERFILE,
    PAGE,
    ROOT,
    UNIT,
    default_of,
    settings_of_the_code,
    stateful_set,
)

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
STOPPING = default_of("DRAIN_SECONDS") + EXIT_SECONDS
PYTHON = ("python", "-m", "bot")

BOTS: dict[str, Any] = {name: each for name, each in COMPOSE["services"].items() if name.startswith("bot-")}
POD = stateful_set()["spec"]["template"]["spec"]
(CONTAINER,) = POD["containers"]
POD_SETTINGS: dict[str, Any] = {each["name"]: each for each in CONTAINER["env"]}


def _seconds(text: str) -> int:
    return int(text.removesuffix("s"))


def _last_stage() -> str:
    return DOCKERFILE.rpartition("\nFROM ")[2]


@pytest.mark.parametrize(
    "named",
    [
        pytest.param(set(APP["env"]), id="app.json"),
        pytest.param(set().union(*(each["environment"] for each in BOTS.values())) - {"PGPASSWORD"}, id="compose"),
        pytest.param(set(POD_SETTINGS), id="kubernetes"),
        pytest.param(
            set(re.findall(r"([A-Z_]+)=", UNIT["Environment"]))
            - {"PYTHONPATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"},
            id="systemd",
        ),
        pytest.param(
            set(re.findall(r"^ +(PORT|HOST|[A-Z]+_(?:ID|COUNT|URL))=", _last_stage(), re.MULTILINE)), id="image"
        ),
        pytest.param(
            set(re.findall(r"\b((?:DISCORD|CHATBASE|CLUSTER|SHARD|DRAIN|SECRET|DATABASE)_[A-Z_]+)\b", PAGE)), id="page"
        ),
    ],
)
def test_each_setting_that_is_named_exists(named: set[str]) -> None:
    assert named
    assert named <= settings_of_the_code()


def test_the_process_is_started_without_a_shell() -> None:
    (entry,) = re.findall(r"^ENTRYPOINT (\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert entry == str(list(PYTHON)).replace("'", '"')
    assert "\nCMD" not in DOCKERFILE
    procfile = (ROOT / "Procfile").read_text(encoding="utf-8")
    assert procfile == f"worker: {shlex.join(PYTHON)}\n"
    assert set(APP["formation"]) == {procfile.partition(":")[0]}
    assert UNIT["ExecStart"].endswith(f"/bin/{shlex.join(PYTHON)}")
    assert "command" not in CONTAINER


def test_a_process_that_was_handed_over_is_not_started_again() -> None:
    assert {each["restart"] for each in BOTS.values()} == {"on-failure"}
    assert UNIT["Restart"] == "on-failure"
    assert "--restart on-failure" in PAGE
    assert not re.search(r"--restart[ =](?!on-failure)", PAGE)


def test_nothing_is_killed_while_it_stops() -> None:
    assert all(_seconds(each["stop_grace_period"]) > STOPPING for each in BOTS.values())
    assert _seconds(UNIT["TimeoutStopSec"]) > STOPPING
    pre_stop = CONTAINER["lifecycle"]["preStop"]["exec"]["command"]
    assert POD["terminationGracePeriodSeconds"] > int(pre_stop[1]) + STOPPING
    assert all(int(found) > STOPPING for found in re.findall(r"--stop-timeout (\d+)", PAGE))
    # Heroku kills 30 s after SIGTERM.
    assert float(APP["env"]["DRAIN_SECONDS"]["value"]) + EXIT_SECONDS < 30


def test_each_process_has_a_number_of_its_own() -> None:
    counts = {each["environment"]["CLUSTER_COUNT"] for each in BOTS.values()}
    assert counts == {str(len(BOTS))}
    assert {name: f"bot-{each['environment']['CLUSTER_ID']}" for name, each in BOTS.items()} == {
        name: name for name in BOTS
    }
    assert stateful_set()["spec"]["replicas"] == int(POD_SETTINGS["CLUSTER_COUNT"]["value"])
    label = POD_SETTINGS["CLUSTER_ID"]["valueFrom"]["fieldRef"]["fieldPath"]
    assert label == "metadata.labels['apps.kubernetes.io/pod-index']"
    assert "CLUSTER_ID=%i" in UNIT["Environment"].split()


def test_two_containers_of_a_service_can_run_at_once() -> None:
    """A published port or a fixed name would keep a successor from starting."""
    for each in BOTS.values():
        assert not {"ports", "container_name", "network_mode"} & set(each)


def test_the_image_runs_as_the_user_that_kubernetes_expects() -> None:
    (user, group) = re.findall(r"^USER (\d+):(\d+)$", DOCKERFILE, re.MULTILINE)[0]
    context = POD["securityContext"]
    assert (context["runAsUser"], context["runAsGroup"], context["fsGroup"]) == (int(user), int(group), int(group))
    assert context["runAsNonRoot"] is True
    assert f"--uid {user} " in DOCKERFILE
    assert f"user {user}" in PAGE


def test_nothing_but_a_volume_can_be_written() -> None:
    assert all(each["read_only"] and each["cap_drop"] == ["ALL"] for each in BOTS.values())
    assert CONTAINER["securityContext"]["readOnlyRootFilesystem"] is True
    assert {mount["mountPath"] for mount in CONTAINER["volumeMounts"]} == {"/data", "/tmp"}
    assert (UNIT["ProtectSystem"], UNIT["StateDirectory"]) == ("strict", "switchboard")
    assert UNIT["WorkingDirectory"] == f"/var/lib/{UNIT['StateDirectory']}"
    # The default database is relative to the folder where the bot starts.
    assert default_of("DATABASE_URL") == "sqlite:///data/switchboard.db"
    assert re.search(r"^WORKDIR /$", _last_stage(), re.MULTILINE)
    assert re.search(r"^VOLUME /data$", _last_stage(), re.MULTILINE)


def test_probes_ask_what_is_served() -> None:
    (port,) = CONTAINER["ports"]
    assert port["containerPort"] == int(POD_SETTINGS["PORT"]["value"])
    # A pod's probes and Prometheus come from outside of it, to which only this address is open.
    assert POD_SETTINGS["HOST"]["value"] == "0.0.0.0"
    assert {each["environment"]["HOST"] for each in BOTS.values()} == {"0.0.0.0"}
    probes = {kind: CONTAINER[f"{kind}Probe"]["httpGet"] for kind in ("startup", "liveness", "readiness")}
    paths = {"startup": "/healthz", "liveness": "/healthz", "readiness": "/readyz"}
    assert probes == {kind: {"path": path, "port": port["name"]} for kind, path in paths.items()}


def test_the_versions_are_the_projects() -> None:
    version = PROJECT["version"]
    assert CONTAINER["image"] == f"registry.example/switchboard:{version}"
    assert f"docker build --tag switchboard:{version} ." in PAGE
    (python,) = re.findall(r"^ARG PYTHON=(\S+)$", DOCKERFILE, re.MULTILINE)
    assert f"Programming Language :: Python :: {python}" in PROJECT["classifiers"]


def test_no_generator_of_the_platform_makes_the_key() -> None:
    """Heroku's makes 64 hexadecimal digits; `openssl rand -base64 32`, which the pages name, makes a key."""
    assert not any("generator" in each for each in APP["env"].values())
    with pytest.raises(MalformedKeys):
        parse_keys("0123456789abcdef" * 4)
    assert parse_keys(base64.b64encode(bytes(range(32))).decode())
    assert parse_keys(new_key())


def test_required_is_what_the_code_requires() -> None:
    required = {name for name, each in APP["env"].items() if each.get("required", True)}
    assert required == {"DISCORD_TOKEN"}


@pytest.mark.parametrize(
    "name", [".env", ".env.example", "data/switchboard.db", "bot/.env", ".git/config", "tests/files.py"]
)
def test_the_builder_gets_no_secret(name: str) -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*", "nothing enters unless it is named"
    allowed = {rule[1:] for rule in rules if rule.startswith("!")}
    copied = {
        word for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE) for word in line.split()[:-1]
    }
    assert allowed == copied, "what enters is what is used"
    assert all((ROOT / each).exists() for each in allowed)
    is_inside = any(name == each or name.startswith(f"{each}/") for each in allowed)
    assert not is_inside or any(rule == "**/.env*" for rule in rules)


def test_requirements_are_installed_by_their_hashes_as_wheels() -> None:
    install = re.search(r"pip .*?install.*?requirements\.txt$", DOCKERFILE, re.DOTALL | re.MULTILINE)
    assert install
    assert {"--require-hashes", "--only-binary"} <= set(install[0].split())
