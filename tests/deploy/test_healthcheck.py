"""What Docker asks: the answer of /healthz, or nothing if nothing is served."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tests.deploy.files import DEPLOY

SCRIPT = DEPLOY / "docker" / "healthcheck.py"


@contextmanager
def _served(status: int) -> Iterator[int]:
    """Answer one request with a status, and give the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        yield server.server_port
        thread.join()


def _check(**settings: str) -> tuple[int, str]:
    # As the Dockerfile has it: without site-packages, and without what the environment says to Python.
    command = [sys.executable, "-I", "-S", str(SCRIPT)]
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False, timeout=20)
    assert done.stderr == ""
    return done.returncode, done.stdout.strip()


@pytest.mark.parametrize("host", [{}, {"HOST": "0.0.0.0"}, {"HOST": " '127.0.0.1' "}])
def test_a_bot_that_answers_is_well(host: dict[str, str]) -> None:
    # A proxy for the chat APIs is none for this.
    with _served(200) as port:
        assert _check(PORT=str(port), HTTP_PROXY="http://127.0.0.1:9", **host) == (0, "/healthz answers 200")


def test_another_answer_is_a_failure() -> None:
    with _served(500) as port:
        assert _check(PORT=f'"{port}"') == (1, "/healthz answers 500")


def test_no_answer_is_a_failure() -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        port = server.server_port
    assert _check(PORT=str(port)) == (1, "/healthz does not answer: ConnectionRefusedError")


@pytest.mark.parametrize("settings", [{}, {"PORT": ""}, {"PORT": "  ", "HOST": "0.0.0.0"}])
def test_without_a_port_there_is_nothing_to_ask(settings: dict[str, str]) -> None:
    assert _check(**settings) == (0, "PORT is not set: there is nothing to ask")
