"""What every stand-in needs of HTTP: a listener, responses written piece by piece, and a log of requests."""
