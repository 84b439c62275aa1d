"""What must not be readable for others: credentials, and how texts are encrypted."""
