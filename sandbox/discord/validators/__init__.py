"""The form of what bots send: Discord's limits and rules, with its own error codes where one is broken."""
