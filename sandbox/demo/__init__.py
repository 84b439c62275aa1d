"""The scripted conversation: what `python -m sandbox --script` plays, checks and prints."""
