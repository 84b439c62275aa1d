"""Encrypted values in the tables: how rows are read and written with them, and how those in clear are found."""
