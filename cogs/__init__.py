"""Handlers: what people do in Discord is passed on to the program."""
