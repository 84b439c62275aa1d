"""Faults that a chat API can be told to have."""
