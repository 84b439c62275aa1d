"""Handlers: they pass on to the program what people do in Discord."""
