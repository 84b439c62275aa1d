"""Tests of the four chat API stand-ins."""
