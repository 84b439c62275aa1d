"""The Discord adapter: posts and edits messages, with their embeds and buttons."""
