"""Asking the provider of a run, and after an outage the next one: each with its own context."""
