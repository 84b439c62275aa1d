"""The Discord adapter: reads messages, answers commands and buttons, posts and edits messages, and stays connected."""
