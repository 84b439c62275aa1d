"""The forms of "Ask about this": which are open, and the messages that they are about."""
