"""What every part of the program needs to go on for long: pauses, slices of work, memory with a bound."""
