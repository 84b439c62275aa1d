"""Setting up: uv installs with what pip was told, and pip does it if uv cannot."""

import hashlib
import io
import os
import subprocess
import sys
import sysconfig
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from scripts.install import uv_settings

ROOT = Path(__file__).resolve().parents[2]

LOGIN = "reader:secret"

TOLD: dict[str, tuple[str, dict[str, str]]] = {
    "nothing": ("", {}),
    "a mirror": (
        "global.index-url='https://mirror.example/simple'",
        {"UV_DEFAULT_INDEX": "https://mirror.example/simple"},
    ),
    "the environment wins, then what is said of install": (
        "install.timeout='20'\nglobal.timeout='10'\n:env:.proxy='http://b'\ninstall.proxy='http://a'",
        {"UV_HTTP_TIMEOUT": "20", "ALL_PROXY": "http://b"},
    ),
    "not what is said of other commands": ("download.index-url='https://mirror.example/simple'", {}),
    "more indexes, in lines of their own": (
        r"global.extra-index-url='\nhttps://a.example/simple\nfile:///srv/simple'",
        {"UV_INDEX": "https://a.example/simple file:///srv/simple", "UV_INDEX_STRATEGY": "unsafe-best-match"},
    ),
    "folders": (":env:.find-links='/srv/a /srv/b'", {"UV_FIND_LINKS": "/srv/a,/srv/b"}),
    "no index": ("global.no-index='true'", {"UV_OFFLINE": "true"}),
    "certificates": (
        "global.cert='/srv/ca.pem'\nglobal.client-cert='/srv/me.pem'\nglobal.trusted-host='a.example b.example:8443'",
        {
            "SSL_CERT_FILE": "/srv/ca.pem",
            "SSL_CLIENT_CERT": "/srv/me.pem",
            "UV_INSECURE_HOST": "a.example b.example:8443",
        },
    ),
    "an empty value": (":env:.index-url=''", {}),
    "what only pip needs": ("global.disable-pip-version-check='1'\nglobal.constraint='/srv/constraints.txt'", {}),
    "quotes and percent signs": (
        """global.index-url="https://o'hara:a%40b@mirror.example/simple\"""",
        {"UV_DEFAULT_INDEX": "https://o'hara:a%40b@mirror.example/simple"},
    ),
}


@pytest.mark.parametrize("name", TOLD)
def test_uv_is_told_what_pip_was_told(name: str) -> None:
    listed, expected = TOLD[name]
    assert uv_settings(listed, {"PATH": "/bin"}) == expected


@pytest.mark.parametrize(
    "variable", ["UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS"]
)
def test_an_index_that_uv_was_told_replaces_those_of_pip(variable: str) -> None:
    listed = "global.index-url='https://a.example'\nglobal.extra-index-url='https://b.example'\nglobal.cert='/ca.pem'"
    assert uv_settings(listed, {variable: "https://c.example"}) == {"SSL_CERT_FILE": "/ca.pem"}


def test_any_other_setting_of_uv_stays() -> None:
    listed = "global.cert='/ca.pem'\nglobal.proxy='http://proxy.example'"
    assert uv_settings(listed, {"SSL_CERT_FILE": "/mine.pem"}) == {"ALL_PROXY": "http://proxy.example"}


class Mirror(BaseHTTPRequestHandler):
    """A company's package index: it asks for a login, and holds one package and no uv."""

    wheel = b""
    clients: set[str]
    refused = "nobody"

    def do_GET(self) -> None:
        client = self.headers["User-Agent"].partition("/")[0]
        self.clients.add(client)
        if self.headers["Authorization"] != f"Basic {b64encode(LOGIN.encode()).decode()}":
            self._answer(401)
        elif client == self.refused:
            self._answer(403)
        elif self.path == "/simple/greeting/":
            self._answer(200, b'<a href="/greeting-1.0-py3-none-any.whl">greeting-1.0-py3-none-any.whl</a>')
        elif self.path == "/greeting-1.0-py3-none-any.whl":
            self._answer(200, self.wheel, "application/zip")
        else:
            self._answer(404)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _answer(self, status: int, body: bytes = b"", kind: str = "text/html") -> None:
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="packages"')
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@cache
def _wheel() -> bytes:
    """Pack the package once: the archive has the time in it."""
    files = {
        "greeting.py": "",
        "greeting-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n",
        "greeting-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files["greeting-1.0.dist-info/RECORD"] = "".join(f"{name},,\n" for name in files)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


@contextmanager
def _mirror(*, refuses: str = "nobody") -> Iterator[tuple[str, type[Mirror]]]:
    """Open a mirror, and give its address with the login in it."""
    handler = type("_", (Mirror,), {"wheel": _wheel(), "clients": set(), "refused": refuses})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{LOGIN}@127.0.0.1:{server.server_port}/simple", handler
        server.shutdown()


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """Make an environment that has this one's pip and uv, and nothing installed."""
    folder = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (folder / "bin" / "uv").symlink_to(Path(sys.executable).parent / "uv")
    (site,) = (folder / "lib").glob("python*/site-packages")
    (site / "pip.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "bin" / "python"


def _install(python: Path, index: str, folder: Path) -> tuple[int, str]:
    """Install the mirror's package, of which only pip was told, and return exit code and output."""
    file = folder / "requirements.txt"
    file.write_text(f"greeting==1.0 --hash=sha256:{hashlib.sha256(_wheel()).hexdigest()}\n")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": index,
        "PIP_RETRIES": "0",
        "UV_HTTP_RETRIES": "0",
    }
    command = [str(python), "-m", "scripts.install", str(file)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    sys.stderr.write(done.stderr)
    return done.returncode, done.stdout


def _is_installed(python: Path) -> bool:
    (site,) = (python.parents[1] / "lib").glob("python*/site-packages")
    return (site / "greeting.py").is_file()


@pytest.mark.slow
def test_uv_installs_from_a_mirror_of_which_only_pip_was_told(python: Path, tmp_path: Path) -> None:
    with _mirror() as (index, mirror):
        assert _install(python, index, tmp_path) == (0, "")
    assert _is_installed(python)
    assert mirror.clients == {"uv"}


@pytest.mark.slow
def test_pip_installs_what_uv_cannot(python: Path, tmp_path: Path) -> None:
    with _mirror(refuses="uv") as (index, mirror):
        code, out = _install(python, index, tmp_path)
    assert (code, len(out.splitlines())) == (0, 1)
    assert "pip" in out
    assert _is_installed(python)
    assert mirror.clients == {"uv", "pip"}


@pytest.mark.slow
def test_pip_installs_where_uv_cannot_be_installed(python: Path, tmp_path: Path) -> None:
    (python.parent / "uv").unlink()
    with _mirror() as (index, mirror):
        code, out = _install(python, index, tmp_path)
    assert (code, len(out.splitlines())) == (0, 1)
    assert "pip" in out
    assert _is_installed(python)
    assert mirror.clients == {"pip"}


@pytest.mark.slow
def test_a_package_that_is_not_as_it_was_locked_is_not_installed(python: Path, tmp_path: Path) -> None:
    with _mirror() as (index, mirror):
        mirror.wheel += b"\n"
        code, _ = _install(python, index, tmp_path)
    assert code != 0
    assert not _is_installed(python)
