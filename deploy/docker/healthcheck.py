"""What Docker runs to see whether the bot is well: asks /healthz, and exits with 0 if that answers 200, else with 1.

Without PORT the bot serves nothing that could be asked. Then the container is well as long as its process runs.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException

_SECONDS = 4.0
"""How long an answer may take; the Dockerfile's HEALTHCHECK waits 5 s in all."""

_ANY_ADDRESS = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what HOST may be


def _setting(name: str, default: str) -> str:
    return os.environ.get(name, default).strip(" \t'\"")


def main() -> int:
    """Ask, print what was found (`docker inspect` shows it), and return the exit code."""
    port, host = _setting("PORT", ""), _setting("HOST", "127.0.0.1")
    if not port:
        print("PORT is not set: there is nothing to ask")
        return 0
    connection = HTTPConnection(_ANY_ADDRESS.get(host, host), int(port), timeout=_SECONDS)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        print(f"/healthz does not answer: {type(error).__name__}")
        return 1
    finally:
        connection.close()
    print(f"/healthz answers {status}")
    return 0 if status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())
