"""The addresses of the pictures in default answers, each of which the sandbox's page draws itself."""

import re

HOST = "https://sandbox.invalid"
"""`.invalid` never resolves, so that a demonstration reaches out to nobody."""

_ADDRESS = re.compile(rf"{re.escape(HOST)}/pictures/([a-z-]{{1,40}})\.png")


def picture(name: str) -> str:
    """Return a picture's address."""
    return f"{HOST}/pictures/{name}.png"


def picture_name(address: str) -> str | None:
    """Return the name of the picture at an address; None if it is none of these."""
    found = _ADDRESS.fullmatch(address)
    return found[1] if found else None
