"""Answers that are not Discord's own, to requests that were carried out."""

from dataclasses import dataclass


@dataclass(slots=True)
class Nonsense:
    """What is answered instead of Discord's own, to `left` more requests; one that `breaks_off` is not sent whole."""

    method: str
    path: str
    body: bytes
    content_type: str
    breaks_off: bool
    left: int
