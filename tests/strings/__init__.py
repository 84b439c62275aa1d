"""Tests of bot/strings."""
