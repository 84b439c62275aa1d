"""Tests of the Chatbase v2 stand-in against provider-docs/chatbase-v2.md."""
