"""The SQL, a file for each kind of data."""
