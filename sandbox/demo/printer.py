"""Prints an exchange: who says what in which channel, how the bot's messages grow, and how they end."""

from collections.abc import Sequence

from sandbox.console import Console, Style
from sandbox.demo.transcript import describe_attachments, describe_growth, readable
from sandbox.discord import Application, Channel, Message, Person

_INDENT = "   "
_COLUMN = 16
_MARGIN = " " * (len(_INDENT) + _COLUMN)


class ConversationPrinter:
    """Prints one exchange; times are seconds on the sandbox's clock, told since `since`."""

    def __init__(self, console: Console, app: Application) -> None:
        self._console = console
        self._app = app

    def tell_action(self, person: Person, channel: Channel, text: str) -> None:
        """Print what a person says or does."""
        place = (
            f"#{channel.name}" if channel.guild is not None else f"direct message of {person.name} and {self._app.name}"
        )
        self._console.line(f"{_INDENT}{place}", Style.FAINT)
        self._console.text(
            readable(text, self._app.state), Style.PERSON, first=f"{_INDENT}{person.name:<{_COLUMN}}", then=_MARGIN
        )

    def tell_growth(self, messages: Sequence[Message], told: set[tuple[int, int]], since: float) -> None:
        """Print the frames that came since then and are not in `told`, and add them.

        Each message's newest is held back: it may be the last.
        """
        due = [
            (frame.at, number, place)
            for number, message in enumerate(messages)
            for place, frame in enumerate(message.frames[:-1])
            if (number, place) not in told and frame.at >= since
        ]
        for at, number, place in sorted(due):
            told.add((number, place))
            self._bot_line(at - since, self._growth(messages[number], place))

    def tell_end(self, messages: Sequence[Message], since: float) -> None:
        """Print what the messages hold, in full."""
        for message in messages:
            frame = message.frames[-1]
            size = f"{len(frame.content):4} characters" if frame.content else "no text"
            reader = message.interaction.user.name if message.ephemeral and message.interaction is not None else None
            alone = f", only {reader} can see it" if reader is not None else ""
            self._bot_line(frame.at - since, f"{size}, in full{alone}:")
            if frame.content:
                self._console.text(readable(frame.content, self._app.state), Style.BOT, first=f"{_MARGIN}│ ")
            for line in describe_attachments(frame):
                self._console.text(line, Style.BOT, first=f"{_MARGIN}│ ", then=f"{_MARGIN}│   ")

    def _growth(self, message: Message, place: int) -> str:
        frame = message.frames[place]
        if not place and message.interaction is not None and not frame.content and not frame.embeds:
            return "is thinking …"
        before = message.frames[place - 1].content if place else ""
        return f"{len(frame.content):4} characters   {readable(describe_growth(frame, before), self._app.state)}"

    def _bot_line(self, seconds: float, text: str) -> None:
        self._console.line(f"{_INDENT}{self._app.name:<{_COLUMN}}{seconds:5.2f} s  {text}", Style.FAINT)
