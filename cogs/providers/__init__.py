"""Handlers of the providers: each has a file with its commands."""
