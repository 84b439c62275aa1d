"""Signals on their way to the listeners, in virtual time."""
