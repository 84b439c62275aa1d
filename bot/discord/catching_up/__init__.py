"""Answers what people asked while Discord's events did not reach the bot."""
