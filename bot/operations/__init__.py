"""What a process does about others: it repairs the answers of those that ended; and what its operator sees of it."""
