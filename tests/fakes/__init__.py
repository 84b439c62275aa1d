"""Stand-ins for Discord, the chat APIs and the database, and the whole of bot/answering on top of them."""
