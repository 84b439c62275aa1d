"""Ids, values and texts that nobody should send."""

HUGE = "9" * 5_000

IDS = (
    "0", "9" * 20, "9" * 21, HUGE, "-1", "%2B1", "1e3", "0x10", "%D9%A3", "%C2%B2", "%FF", "%00", "%ED%A0%80", "null",
    "a%2Fb",
)  # fmt: skip
"""As they are in an address."""

VALUES: tuple[object, ...] = (
    None, True, 0, -1, 1.5, 10**30, -(10**4_000), "", HUGE, "٣", "a\x00b", [], [[]], [None], {}, {"": {}},
    [{"name": 1, "data": 2}], [{"name": "a", "data": "é"}],
)  # fmt: skip
"""As JSON has them."""

TEXTS = (
    "[" * 100_000,
    '{"content":' * 5_000,
    '{"id": ' + "[" * 500 + "]" * 500 + "}",
    HUGE,
    '{"content": NaN}',
    '{"content": 1e999}',
    '{"content": "\\ud800"}',
    '{"op": ' + HUGE + "}",
    "[]",
    "null",
    '"a"',
    "",
)
"""No object, or no JSON."""
