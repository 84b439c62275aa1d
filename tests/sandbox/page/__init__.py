"""Tests of the sandbox's page: through a real browser as a person acts, and without one where nobody would see it."""
