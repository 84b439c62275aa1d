"""Discord's objects and their state; no wire formats."""
