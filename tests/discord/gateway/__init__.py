"""Tests of bot/discord/gateway."""
