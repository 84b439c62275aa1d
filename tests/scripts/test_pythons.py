"""Tests on the other Pythons: each that is there is found, and one that is missing or broken is said and skipped."""

import stat
import sys
from pathlib import Path
from unittest.mock import patch

import pytest

from scripts import pythons

RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
OTHERS = [version for version in pythons.supported() if version != RUNNING]


def make_python(file: Path, version: str) -> str:
    """Put a program there that tells a version, whatever it is asked, and fails at everything else."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'#!/bin/sh\n[ "$1" = -c ] && echo {version}\n')
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return str(file)


def test_the_pythons_are_those_of_the_classifiers() -> None:
    assert pythons.supported() == ["3.11", "3.12", "3.13", "3.14"]


@pytest.mark.parametrize("place", ["path", "pyenv", "pyenv elsewhere", "named"])
def test_is_found(place: str, tmp_path: Path) -> None:
    files = {
        "path": "bin/python3.13",
        "pyenv": ".pyenv/versions/3.13.2/bin/python",
        "pyenv elsewhere": "other/versions/3.13.0/bin/python",
        "named": "opt/python",
    }
    python = make_python(tmp_path / files[place], "3.13")
    environment = {"PATH": f"/nowhere:{tmp_path / 'bin'}", "HOME": str(tmp_path)}
    if place == "pyenv elsewhere":
        environment["PYENV_ROOT"] = str(tmp_path / "other")
    if place == "named":
        environment["PYTHONS"] = f"{make_python(tmp_path / 'opt' / 'older', '3.12')} {python}"
    assert pythons.find("3.13", environment) == python
    assert pythons.find("3.14", environment) is None


def test_one_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    make_python(tmp_path / "a" / "python3.13", "")
    (tmp_path / "b" / "python3.13").mkdir(parents=True)
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "python3.13").write_text("not a program")
    python = make_python(tmp_path / "d" / "python3.13", "3.13")
    environment = {"PATH": ":".join(str(tmp_path / each) for each in "abcd"), "HOME": str(tmp_path)}
    assert pythons.find("3.13", environment) == python


def test_without_others_it_says_so_and_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert pythons.main([], {"PATH": "/nowhere", "HOME": str(tmp_path), "CI": "true"}) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"Python {version} is not on this machine: skipped." for version in OTHERS
    ]


def test_one_that_can_make_no_environment_is_skipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_python(tmp_path / f"python{OTHERS[0]}", OTHERS[0])
    with patch.object(pythons, "_HOME", tmp_path / "build"):
        assert pythons.main([], {"PATH": str(tmp_path), "HOME": str(tmp_path), "CI": "true"}) == 0
    assert f"Python {OTHERS[0]} cannot make an environment: skipped." in capsys.readouterr().out


@pytest.mark.parametrize(("environment", "code"), [({}, 0), ({"CI": "true"}, 1)])
def test_what_cannot_be_installed_fails_only_continuous_integration(
    environment: dict[str, str], code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Its environment is made, but the Python in it does nothing.
    file = Path(make_python(tmp_path / f"python{OTHERS[0]}", OTHERS[0]))
    file.write_text(
        f'#!/bin/sh\n[ "$1" = -c ] && echo {OTHERS[0]} && exit\n'
        f'mkdir -p "$4/bin" && printf "#!/bin/sh\\nexit 3\\n" >"$4/bin/python" && chmod +x "$4/bin/python"\n'
    )
    with patch.object(pythons, "_HOME", tmp_path / "build"):
        assert pythons.main([], {"PATH": str(tmp_path), "HOME": str(tmp_path), **environment}) == code
    assert "cannot be installed" in capsys.readouterr().out


def test_the_tests_it_runs_exist() -> None:
    root = Path(pythons.__file__).resolve().parents[1]
    assert all((root / test).exists() for test in pythons.TESTS)
