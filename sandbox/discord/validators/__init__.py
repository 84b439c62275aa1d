"""Checks what bots send against Discord's limits and rules, and refuses with Discord's own error codes."""
