"""The program's version, which pyproject.toml sets."""

import argparse
import sys
from pathlib import Path
from typing import Any

_NAME = "switchboard"
_PROJECT_FILE = Path(__file__).resolve().parents[1] / "pyproject.toml"


def version() -> str:
    """Return the version of the installed package, or of the checkout that the program runs from."""
    import tomllib
    from importlib import metadata

    try:
        return metadata.version(_NAME)
    except metadata.PackageNotFoundError:
        project = tomllib.loads(_PROJECT_FILE.read_text(encoding="utf-8"))["project"]
        return f"{project['version']} (checkout)"


class ShowVersion(argparse.Action):
    """`--version`: prints name and version, which are looked up only then, and exits with 0."""

    def __init__(self, option_strings: list[str], dest: str) -> None:  # noqa: ARG002 - argparse hands it over
        """Take no value."""
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, help="show the version and exit")

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:  # noqa: ANN401 - argparse's own types
        """Print it and exit."""
        sys.stdout.write(f"{_NAME} {version()}\n")
        parser.exit()
