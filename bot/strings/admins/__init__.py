"""Sentences for the admins of a server that brings its own chatbot."""
