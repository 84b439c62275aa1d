"""Times counted in buckets that grow with the time, so that a day's times take little room, and can be added up.

Eight buckets share each factor of four. A quantile that is read from them differs from the exact one by a factor of at
most 2 ** (1 / 8): it is at most 9.1 % too long, or 8.4 % too short.
"""

from collections.abc import Mapping
from math import ceil, log2

_PER_DOUBLING = 4

MAX_BUCKET = 120
"""The last bucket: what takes longer than some twelve days counts as that."""


def bucket_of(milliseconds: int) -> int:
    """Return the number of the bucket that a time falls into; what is shorter than 1 ms counts as that."""
    return min(round(_PER_DOUBLING * log2(max(milliseconds, 1))), MAX_BUCKET)


def quantile(histogram: Mapping[int, int], share: float) -> float | None:
    """Return the time in milliseconds that at least `share` (0 to 1) of all counted stay within; None if none are."""
    counted = sum(histogram.values())
    rank = max(ceil(share * counted), 1)
    for bucket in sorted(histogram):
        rank -= histogram[bucket]
        if rank <= 0:
            return float(2 ** (bucket / _PER_DOUBLING))
    return None
