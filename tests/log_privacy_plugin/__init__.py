"""Holds every log line of a run of the tests against every text and secret that came up in it."""
