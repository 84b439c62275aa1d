"""The README, `.env.example`, `--help` and the Makefile say what the code does."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.diagnostics.permissions import INVITED, WANTED
from bot.env_file import is_open_to_others
from bot.providers import PROVIDERS
from bot.settings import Settings
from scripts import architecture, pythons

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")

_ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]+)` \| (.*?) \|", re.MULTILINE)


def _defaults() -> dict[str, object]:
    """Return every environment variable that the code reads, with its default."""
    fields = {name.upper(): field.default for name, field in Settings.model_fields.items()}
    for provider in PROVIDERS:
        settings = provider.settings_type
        fields |= {settings.variable(name): field.default for name, field in settings.model_fields.items()}
    return fields


def test_the_settings_table_lists_what_the_code_reads() -> None:
    assert {name for name, _ in _ROW.findall(SETTINGS)} == set(_defaults())


@pytest.mark.parametrize(("name", "shown"), _ROW.findall(SETTINGS))
def test_a_default_in_the_table_is_the_codes(name: str, shown: str) -> None:
    default = _defaults()[name]
    if shown.startswith("`"):
        expected = str(default).lower() if isinstance(default, bool) else str(default)
        assert shown.strip("`") == expected
    else:
        assert default is None or "required" in shown


def test_the_example_lists_the_same_settings_with_the_same_defaults() -> None:
    found = dict(re.findall(r"^#?([A-Z][A-Z0-9_]+)=(.*)$", EXAMPLE, re.MULTILINE))
    assert set(found) == set(_defaults())
    for name, value in found.items():
        default = _defaults()[name]
        if value:
            assert value == (str(default).lower() if isinstance(default, bool) else str(default)), name


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    for text in (README, CONTRIBUTING):
        assert set(re.findall(r"`make ([a-z]+)`", text)) <= targets


@pytest.mark.parametrize("module", ["bot", "sandbox"])
def test_help_names_each_command_of_the_readme(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module, "--help"], capture_output=True, text=True, cwd=ROOT, check=True, timeout=20
    )
    for word in re.findall(rf"`python -m {module} ([a-z-]+)`", README):
        assert word in done.stdout


def test_the_readme_makes_an_env_file_that_nobody_else_reads(tmp_path: Path) -> None:
    (command,) = re.findall(r"^install .*\.env(?= )", README, re.MULTILINE)
    shutil.copy(ROOT / ".env.example", tmp_path)
    subprocess.run(["sh", "-c", f"umask 022; {command}"], cwd=tmp_path, check=True)
    assert (tmp_path / ".env").read_text(encoding="utf-8") == EXAMPLE
    assert not is_open_to_others(tmp_path / ".env")


def test_slash_commands_of_the_readme_exist() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "cogs").rglob("*.py"))
    groups = {*(provider.name for provider in PROVIDERS), "settings", "history", "privacy"}
    for group, command in re.findall(r"`/([a-z][a-z0-9-]*)(?: ([a-z-]+))?`", README):
        assert group in groups or f'name="{group}"' in sources
        if command:
            assert f'name="{command}"' in sources, f"/{group} {command}"


def test_the_invite_link_asks_for_the_permissions_that_the_readme_names() -> None:
    (asked,) = re.findall(r"permissions=(\d+)", README)
    assert int(asked) == INVITED
    named = README.partition("The number stands for ")[2].partition(".\n")[0]
    titles = re.split(r", | and ", re.sub(r" \(.*?\)", "", " ".join(named.split())))
    assert titles == [permission.in_roles for permission in WANTED]


@pytest.mark.parametrize(
    "page", [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))], ids=lambda page: page.name
)
def test_files_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:bot|cogs|tests|sandbox|bench|scripts|docs)/[\w/.]+)`", text):
        assert (ROOT / name).exists(), name
    for link in re.findall(r"\]\(([\w./-]+)\)", text):
        assert (page.parent / link).exists(), link


def test_pre_commit_runs_what_make_check_runs() -> None:
    # As if everything were installed already, so that only the target's own commands are shown.
    make = ["make", "--dry-run", "--no-print-directory", "--assume-old=.venv/.installed-dev", "check"]
    commands = subprocess.run(make, capture_output=True, text=True, cwd=ROOT, check=True).stdout.splitlines()
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert re.findall("entry: (.+)", hooks) == commands


def test_the_same_pythons_are_named_everywhere() -> None:
    versions = pythons.supported()
    said = f"You need Python {versions[0]} to {versions[-1]}, make and git."
    assert said in README
    assert said in CONTRIBUTING
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert f"python: {json.dumps(versions)}" in workflow
    assert f"`make PYTHON=python{versions[1]} install` change to another Python" in CONTRIBUTING


def test_the_readme_is_short() -> None:
    assert README.count("\n") < 200


def test_the_architecture_is_drawn_from_the_code_as_it_is() -> None:
    page = architecture.PAGE.read_text(encoding="utf-8")
    assert architecture.insert(page, architecture.draw()) == page, "run `make architecture`"
