"""Stand-ins of discord.py's channels, webhooks and interactions that write down what they are asked to do."""

from types import SimpleNamespace
from typing import Any

import discord


def refusal(status: int, code: int) -> discord.HTTPException:
    """Return what discord.py raises if Discord answers with this status and error code."""
    response: Any = SimpleNamespace(status=status, reason="refused")
    kind = {403: discord.Forbidden, 404: discord.NotFound}.get(status, discord.HTTPException)
    return kind(response, {"code": code, "message": "refused"})


class Calls:
    """What was asked for, in order, as (verb, message id, arguments). The next calls raise `failures`, one each."""

    def __init__(self) -> None:
        self.made: list[tuple[str, object, dict[str, Any]]] = []
        self.failures: list[Exception] = []
        self.is_private = False

    async def record(self, verb: str, message: object, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - a message
        """Write a call down, and return the message that it makes or changes."""
        self.made.append((verb, message, arguments))
        if self.failures:
            raise self.failures.pop(0)
        made = 100 + len(self.made) if verb in ("send", "follow up") else message
        return SimpleNamespace(id=made, flags=discord.MessageFlags(ephemeral=self.is_private))

    @property
    def verbs(self) -> list[tuple[str, object]]:
        """What was done to which message."""
        return [(verb, message) for verb, message, _ in self.made]

    def arguments(self, name: str) -> list[Any]:
        """Return the value of one argument in every call, None if a call was without."""
        return [arguments.get(name) for _, _, arguments in self.made]


class FakeChannel(discord.abc.Messageable):
    """A channel to write into."""

    def __init__(self, calls: Calls) -> None:
        self.id = 55
        self._calls = calls

    def send(self, **arguments: Any) -> Any:  # type: ignore[override]  # noqa: ANN401 - a coroutine
        """Write a message."""
        return self._calls.record("send", None, arguments)

    def get_partial_message(self, message: int) -> Any:  # noqa: ANN401 - as much of a message as is used
        """Return a handle on a message."""
        return SimpleNamespace(
            edit=lambda **arguments: self._calls.record("edit", message, arguments),
            delete=lambda: self._calls.record("delete", message, {}),
        )

    async def typing(self) -> None:  # type: ignore[override]
        """Show the typing indicator."""
        await self._calls.record("type", None, {})


class FakeWebhook:
    """What an interaction's token reaches: follow-ups, and the response by its name."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def send(self, **arguments: Any) -> Any:  # noqa: ANN401 - a coroutine
        """Write a follow-up."""
        return self._calls.record("follow up", None, arguments)

    def edit_message(self, message: object, **arguments: Any) -> Any:  # noqa: ANN401 - a coroutine
        """Change a message."""
        return self._calls.record("edit by token", message, arguments)

    def delete_message(self, message: object) -> Any:  # noqa: ANN401 - a coroutine
        """Delete a message."""
        return self._calls.record("delete by token", message, {})

    def fetch_message(self, message: object) -> Any:  # noqa: ANN401 - a coroutine
        """Return a message; the response has the id 77."""
        return self._calls.record("fetch", 77 if message == "@original" else message, {})


class FakeResponder:
    """An interaction that can be responded to, in a `channel` if that is given."""

    def __init__(self, calls: Calls, channel: FakeChannel | None) -> None:
        self.token = "a-token"
        self.channel, self.channel_id = channel, 55
        self.user = SimpleNamespace(id=4711, send=lambda text, **_: calls.record("dm", text, {}))
        self.followup = FakeWebhook(calls)
        self.response = SimpleNamespace(
            defer=lambda **arguments: calls.record("defer", None, arguments),
            send_message=lambda text, **arguments: calls.record("respond", text, arguments),
        )
        self._calls = calls

    async def edit_original_response(self, **arguments: Any) -> Any:  # noqa: ANN401 - a message
        """Change the response, whose id is 77."""
        await self._calls.record("edit response", 77, arguments)
        return SimpleNamespace(id=77)

    async def delete_original_response(self) -> None:
        """Delete the response."""
        await self._calls.record("delete response", 77, {})
