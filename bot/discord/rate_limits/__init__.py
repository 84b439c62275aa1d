"""Reads what Discord says about rate limits, and tells the rate limiter (`bot/streaming/rate_limiter.py`)."""
