"""What a process does about the others of its bot."""
