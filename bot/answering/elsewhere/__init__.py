"""Answers that one process writes in places where only another one hears of what people do."""
