"""Tests of bot/streaming."""
