"""Tests of what sets up a checkout."""
