"""Telling askers what is no answer: why their question is refused, or help; a crowd with few messages."""
