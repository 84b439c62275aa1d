"""Introduces the bot to a server that is new to it, with one message that goes when it has done its work."""
