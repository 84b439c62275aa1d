"""Tests of the Chatbase v2 provider, over real sockets and of its decoder alone."""
