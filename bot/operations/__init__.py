"""What a process does about others: it joins them, hands shards over, and repairs the answers of those that ended."""
