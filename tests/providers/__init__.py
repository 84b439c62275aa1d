"""Tests of the chat APIs, by the bytes on the wire."""
