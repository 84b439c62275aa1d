"""Tests of bot/answering."""
