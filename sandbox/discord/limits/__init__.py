"""What can delay or refuse a REST request: rate limits, faults and holds; and the log of all requests."""
