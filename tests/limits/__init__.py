"""Tests of bot/limits."""
