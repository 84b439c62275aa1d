"""Values, errors and ports: what the program talks about. Standard library only."""
