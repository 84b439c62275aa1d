"""Keys and ciphers: what they read, and what they never do."""
