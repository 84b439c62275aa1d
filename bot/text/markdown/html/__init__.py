"""HTML that chatbots write, as Discord shows it."""
