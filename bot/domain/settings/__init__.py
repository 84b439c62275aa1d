"""The values of a server's settings, how they are changed, and how typed choices are matched."""
