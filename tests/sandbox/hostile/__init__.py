"""What nobody should send to the sandbox, sent to each of its listeners."""
