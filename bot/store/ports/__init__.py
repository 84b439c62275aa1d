"""The ports of `bot.domain` to the database: a class for each, which holds its SQL."""
