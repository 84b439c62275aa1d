"""What is said about what the host decides: who may use the bot, what becomes of the data, and what Discord asks."""
