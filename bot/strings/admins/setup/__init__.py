"""What `/setup` says: its cards and forms, and what each provider's values are called and where they are found."""
