"""JSON values of any type in place of the one that a document promises."""

from collections.abc import Sequence

from hypothesis import strategies as st


def wild_json(fields: Sequence[str]) -> st.SearchStrategy[object]:
    """Return a strategy for JSON values whose objects use `fields` as their keys."""
    return st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-10, 600)
        | st.floats(allow_nan=True)
        | st.sampled_from(["", " ", "null", "text", "http://[", "https://x.example/\x00", "\ud800", *fields]),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(fields), inner, max_size=4),
        max_leaves=12,
    )
