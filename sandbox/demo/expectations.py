"""What a step expects: the chat API's answer shown as it was given, or a sentence of the bot's own."""

from dataclasses import replace
from typing import Protocol

from sandbox.apis import Api, Outcome, Received
from sandbox.demo.transcript import Content, read_answer


class Expectation(Protocol):
    """Tells whether what the bot shows is all that was waited for."""

    def reached(self, content: Content) -> bool:
        """Tell whether this is it."""
        ...

    def __str__(self) -> str:
        """Return what is waited for."""
        ...


class ApiAnswer:
    """The bot shows what a chat API answered to the next request, below the `caption` if it is to have one."""

    def __init__(self, api: Api, caption: str = "") -> None:
        self._api = api
        self._caption = f"{caption}\n" if caption else ""
        self._before = self._last_number()

    @property
    def received(self) -> Received | None:
        """The request, once it has been answered in full."""
        received = self._newest
        return received if received is not None and received.answered.outcome is not Outcome.RUNNING else None

    def reached(self, content: Content) -> bool:
        """Tell whether the answer has ended and these are its texts, cards, pictures and buttons, and nothing else.

        The bot's own buttons, such as Retry, come after those of the answer.
        """
        if self.received is None:
            return False
        answer = read_answer(self.received)
        own = content.buttons[: len(answer.buttons)]
        return replace(content, buttons=own) == replace(answer, text=self._caption + answer.text)

    def __str__(self) -> str:
        if self._newest is None:
            return f"an answer of {self._api.name}, which got no request"
        if not self.received:
            return f"an answer of {self._api.name}, which is not finished"
        return f"{self._caption}{read_answer(self._newest)}"

    @property
    def _newest(self) -> Received | None:
        """The newest question; a request that asks nothing, such as a look at a conversation, does not count."""
        asked = self._last_question()
        return asked if asked is not None and asked.number > self._before else None

    def _last_question(self) -> Received | None:
        return next((received for received in reversed(self._api.received) if received.question is not None), None)

    def _last_number(self) -> int:
        asked = self._last_question()
        return 0 if asked is None else asked.number


class OwnSentence:
    """The bot says something itself: anything, or the small print of an error."""

    def __init__(self, beginning: str = "") -> None:
        self._beginning = beginning

    def reached(self, content: Content) -> bool:
        """Tell whether there is a text that begins so."""
        return bool(content.text) and content.text.startswith(self._beginning)

    def __str__(self) -> str:
        return f"a sentence beginning with “{self._beginning}”" if self._beginning else "a sentence"
