"""`python -m scripts.pythons [-n WORKERS]` runs a part of the tests on each supported Python that this machine has.

The one that runs this is left out, since `make test` runs everything on it. A Python that is missing is named and
skipped. Each gets an environment of its own in `build/pythons`.
"""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

_REQUIREMENTS = Path("requirements-dev.txt")
_HOME = Path("build/pythons")

TESTS = (
    "tests/test_platforms.py",
    "tests/test_env_file.py",
    "tests/commands",
    "tests/store",
    "tests/discord",
    "tests/e2e/test_streaming.py",
    "tests/e2e/test_stopping.py",
    "tests/e2e/test_history.py",
    "tests/e2e/test_versions.py",
)
"""What a Python may change: event loops, SQLite, files, argparse, and what libraries do with our classes."""


def supported() -> list[str]:
    """Return the Pythons that `pyproject.toml` names, such as `3.11`."""
    classifiers = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["classifiers"]
    found = [re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", each) for each in classifiers]
    return [each[1] for each in found if each]


def find(version: str, environment: Mapping[str, str]) -> str | None:
    """Return a Python of that version among `PYTHONS`, in the `PATH` or pyenv; None if there is none."""
    return next((each for each in _candidates(version, environment) if _version(each) == version), None)


def _candidates(version: str, environment: Mapping[str, str]) -> Iterator[str]:
    yield from environment.get("PYTHONS", "").split()
    yield from (
        str(Path(folder) / f"python{version}") for folder in environment.get("PATH", "").split(os.pathsep) if folder
    )
    pyenv = Path(environment.get("PYENV_ROOT") or Path(environment.get("HOME", "")) / ".pyenv")
    yield from (str(path) for path in sorted(pyenv.glob(f"versions/{version}.*/bin/python")))


def _version(python: str) -> str:
    """Return the version of a Python, nothing if it does not run, such as one of pyenv's that is not active."""
    if not Path(python).exists():
        return ""
    command = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        return subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip()
    except OSError:
        return ""


def set_up(python: str, folder: Path) -> str:
    """Make an environment there with what tests need, unless it is up to date.

    Returns its Python, or nothing if `python` cannot make one, such as Debian's without python3-venv. Raises
    `CalledProcessError` if what tests need cannot be installed.
    """
    stamp, wanted = folder / "installed", f"{python} {sha256(_REQUIREMENTS.read_bytes()).hexdigest()}"
    own = folder / "bin" / "python"
    if not (stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted and own.exists()):
        if subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=False).returncode != 0:
            return ""
        subprocess.run([str(own), "-m", "scripts.install", str(_REQUIREMENTS)], check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return str(own)


def _passes(version: str, arguments: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Run the tests on one Python, and return whether nothing failed."""
    python = find(version, environment)
    if python is None:
        print(f"Python {version} is not on this machine: skipped.", flush=True)
        return True
    print(f"Python {version}, {python}:", flush=True)
    try:
        own = set_up(python, _HOME / version)
    except subprocess.CalledProcessError:
        print(f"Python {version}: what the tests need cannot be installed.", flush=True)
        return not environment.get("CI")
    if not own:
        print(f"Python {version} cannot make an environment: skipped.", flush=True)
        return True
    command = [own, "-m", "pytest", *arguments, "-m", "not slow", *TESTS]
    return subprocess.run(command, check=False).returncode == 0


def main(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> int:
    """Run the tests, and return the exit code: 0 if nothing failed, so also if there is no other Python."""
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    passed = [_passes(version, arguments, environment) for version in supported() if version != running]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
