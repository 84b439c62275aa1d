"""Numbers as people say them."""


def seconds(length: float) -> str:
    """Return a time in seconds; its unit stays in the same line."""
    length = max(0.0, length)
    return f"{length:.1f}\u00a0s" if length >= 0.095 else f"{length:.2f}\u00a0s"


def count(number: int, what: str) -> str:
    """Return so many of something."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
