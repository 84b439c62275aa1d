"""What a process does about others: it repairs the answers of those that ended."""
