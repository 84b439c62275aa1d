"""Shows growing answers within Discord's rate limits."""
