"""Discord's rate limits as its answers tell them, and what is tried again after a 429."""
