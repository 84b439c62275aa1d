"""Waiting for a turn: who is answered next in a channel, and what those see meanwhile who wait."""
