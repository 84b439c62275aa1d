"""A page of an answer: where it may be cut, and how what is open there is closed, and opened again on the next."""
