"""Tests of the sandbox's page: through a real browser as a person acts, and without one if nobody would see it."""
