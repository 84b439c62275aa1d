"""What one process tells another about an answer that the other writes. A signal names the answer and its question."""

from typing import Literal

CHANGE = "run"
"""The kind of a signal that asks for something. It holds no words: who hears of an edit asks the new text itself."""

OVER = "run over"
"""The kind of a signal that says that the answer's run has ended, after one that asked for it."""

Change = Literal["stop", "edit", "delete", "wait"]
"""What happened: somebody pressed Stop, or edited or deleted the question; or another question waits for the end."""
