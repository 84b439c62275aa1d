"""How a test or the page says what a chat API answers: texts, streams it holds, and plans for the next requests."""
