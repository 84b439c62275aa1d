"""Waiting for a turn: each channel's questions one after another, and what their askers see meanwhile."""
