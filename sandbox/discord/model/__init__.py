"""What is known about Discord: plain state with the answers to simple questions, no wire formats."""
