"""What is attached to a message: embeds, buttons, and what pressing them does."""
