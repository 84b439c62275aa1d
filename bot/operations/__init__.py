"""What a process does about others: joins them, hands over, repairs what was cut off; and what its operator sees."""
