"""What a process does about others: joins them, hands over, repairs answers of those that ended; and its operator's view."""
