"""What askers are told besides their answers: what is below one, that it is late, and that it is ready."""
