"""Numbers as people say them."""


def seconds(length: float) -> str:
    """Return a time in seconds."""
    return f"{max(0.0, length):.1f} s"


def count(number: int, what: str) -> str:
    """Return so many of something."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
