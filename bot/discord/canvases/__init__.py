"""Where answers are written: channels, interactions, and messages that are there already."""
