"""How many examples a property test tries: what the profile says, or a share of it."""

from hypothesis import settings


def share_of_examples(share: float) -> settings:
    """Return the settings of a test whose examples are dear: it tries this share of the profile's, at least one."""
    return settings(max_examples=max(1, round(settings().max_examples * share)))
