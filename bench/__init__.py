"""The benchmarks: ratios and counts, since machines differ."""
