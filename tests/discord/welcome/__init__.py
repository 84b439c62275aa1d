"""Tests of bot/discord/welcome."""
