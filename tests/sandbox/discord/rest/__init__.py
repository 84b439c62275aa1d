"""Tests of the local REST API, over HTTP."""
