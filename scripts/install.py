"""`python -m scripts.install FILE...` installs hashed requirements files into the environment that it runs in.

uv installs them, which is ten times as fast as pip; pip brings uv, and does it all if uv cannot.

uv reads neither pip.conf nor PIP_* variables. If pip was told of a company's package mirror, uv is told the same;
uv's own settings win.
"""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

UV_FILE = Path("requirements-uv.txt")

_BIN = Path(sys.executable).parent
_PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
_HASHED = ("install", "--quiet", "--require-hashes")

_SECTIONS = ("global", "install", ":env:")
"""The parts of pip's configuration that `pip install` reads; a later one wins. pip's documentation, "Configuration"."""

_ABOUT_INDEXES: dict[str, tuple[str, Callable[[str], str]]] = {
    "index-url": ("UV_DEFAULT_INDEX", str.strip),
    "extra-index-url": ("UV_INDEX", lambda value: " ".join(value.split())),
    "find-links": ("UV_FIND_LINKS", lambda value: ",".join(value.split())),
    # uv has no variable for --no-index. Offline it reads files only, which is what people without an index have.
    "no-index": ("UV_OFFLINE", str.strip),
}
_ABOUT_CONNECTIONS: dict[str, tuple[str, Callable[[str], str]]] = {
    "cert": ("SSL_CERT_FILE", str.strip),
    "client-cert": ("SSL_CLIENT_CERT", str.strip),
    "proxy": ("ALL_PROXY", str.strip),
    "trusted-host": ("UV_INSECURE_HOST", lambda value: " ".join(value.split())),
    "timeout": ("UV_HTTP_TIMEOUT", str.strip),
    "default-timeout": ("UV_HTTP_TIMEOUT", str.strip),
}
"""pip's options, and uv's variable for each with how its value is written there."""

_UV_INDEXES = {"UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS"}


def uv_settings(listed: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that tell uv what pip was told, as `listed` by `pip config list`.

    What `environment` has already is left out; if it names any index for uv, pip's indexes are left out altogether.
    """
    found: dict[str, str] = {}
    for section in _SECTIONS:
        for key, value in re.findall(rf"^{re.escape(section)}\.([\w-]+)=(.+)$", listed, re.MULTILINE):
            found[key] = str(ast.literal_eval(value))
    known = _ABOUT_CONNECTIONS if _UV_INDEXES & environment.keys() else _ABOUT_CONNECTIONS | _ABOUT_INDEXES
    settings = {known[key][0]: known[key][1](value) for key, value in found.items() if key in known and value.strip()}
    if "UV_INDEX" in settings:
        # pip looks for a version in all indexes, uv in the first that has the package. The hashes make that safe.
        settings["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return {name: value for name, value in settings.items() if name not in environment}


def _install_uv() -> bool:
    """Install the uv that the file names, and return whether this environment has it now."""
    pinned = re.search(r"^uv==(\S+)", UV_FILE.read_text(encoding="utf-8"), re.MULTILINE)
    assert pinned, "`make lock` writes the version"
    if _uv_version() != pinned[1]:
        # Without a wheel for this machine, pip would try to build uv, for which hardly anybody has the tools.
        command = (*_PIP, *_HASHED, "--only-binary", ":all:", "-r", str(UV_FILE))
        subprocess.run(command, check=False, capture_output=True)
    return _uv_version() == pinned[1]


def _uv_version() -> str:
    try:
        printed = subprocess.run([_BIN / "uv", "--version"], check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""
    return printed.split()[1]


def _install_with_uv(requirements: list[str]) -> bool:
    told = subprocess.run([*_PIP, "config", "list"], check=False, capture_output=True, text=True)
    environment = uv_settings(told.stdout, os.environ) | os.environ
    command = [str(_BIN / "uv"), "pip", *_HASHED, "--python", sys.executable, *requirements]
    return subprocess.run(command, check=False, env=environment).returncode == 0


def main(files: list[str]) -> int:
    """Install the files, and return the exit code."""
    requirements = [argument for file in files for argument in ("-r", file)]
    if not _install_uv():
        print("uv cannot be installed here; pip installs everything, which may take a minute.", flush=True)
    elif _install_with_uv(requirements):
        return 0
    else:
        print("uv could not do it; pip tries, which may take a minute.", flush=True)
    return subprocess.run([*_PIP, *_HASHED, *requirements], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
