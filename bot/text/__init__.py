"""Pure text: code fences, pagination, Markdown and LaTeX for Discord. Knows nothing of the bot."""
