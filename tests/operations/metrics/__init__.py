"""Tests of bot/operations/metrics."""
