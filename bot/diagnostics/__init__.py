"""The checks behind /doctor and python -m bot check."""
