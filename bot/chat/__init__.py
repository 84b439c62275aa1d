"""The program itself: questions, conversations, answers and their painting, free of HTTP, SQL and Discord."""
