"""What holds a REST request up: rate limits, faults and holds; and the log of all requests."""
