"""Tests of the cards and forms of `/setup`."""
