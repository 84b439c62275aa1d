"""What an operator does with a database beside running the bot on it: backing it up, and copying it to another kind."""
