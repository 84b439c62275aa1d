"""What ties together the log lines of one question: Discord's id of its message or interaction.

It is known before anything else is, is the same in every process and after a crash, and is what a link to the message
ends with. It goes along with a task's context. What is done for a question in another one's task names it explicitly.
"""

from contextvars import ContextVar, Token
from types import TracebackType

_current: ContextVar[int] = ContextVar("correlation id", default=0)


def correlation_id() -> int:
    """Return the id of the question that is being dealt with here, 0 if there is none."""
    return _current.get()


class correlated:  # noqa: N801 - used like `contextlib.suppress`, which is a class for the same reason: it costs less
    """Let everything in this block, and the tasks that begin in it, belong to the question with this id; 0 to none."""

    __slots__ = ("_id", "_token")

    def __init__(self, question: int) -> None:
        self._id = question

    def __enter__(self) -> None:
        self._token: Token[int] = _current.set(self._id)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _current.reset(self._token)
