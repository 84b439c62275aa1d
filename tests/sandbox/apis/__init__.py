"""Tests of the chat API stand-ins."""
