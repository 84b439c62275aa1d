"""Tests of what people can do."""
