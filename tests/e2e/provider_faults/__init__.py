"""Every fault of every chat API, in the whole bot."""
