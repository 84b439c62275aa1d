"""Where texts and secrets come up in a test: attached to whatever of it the tests of this run have imported."""

import sys
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.log_privacy_plugin.hidden import Hidden, leaves_of
from tests.log_privacy_plugin.lines import Lines

PROCESS = "sandbox.bot_process:BotProcess"
"""What runs a bot in a process of its own."""

_SECRET_VARIABLES = ("TOKEN", "SECRET", "KEY")

Take = Callable[[Hidden, Any], None]


def attach(patch: pytest.MonkeyPatch, hidden: Hidden, lines: Lines) -> None:
    """Note from now on every text and secret in `hidden`, and what processes print in `lines`."""
    for name, take in MADE.items():
        if (kind := _imported(name)) is not None:
            patch.setattr(kind, "__init__", _followed(kind.__init__, hidden, take))
    for name, (method, take) in CALLED.items():
        if (kind := _imported(name)) is not None:
            patch.setattr(kind, method, _followed(getattr(kind, method), hidden, take))
    if (process := _imported(PROCESS)) is not None:
        patch.setattr(process, "start", classmethod(_listening(process.start.__func__, hidden, lines)))


def _imported(name: str) -> Any:  # noqa: ANN401 - any class
    module, _, attribute = name.partition(":")
    return getattr(sys.modules.get(module), attribute, None)


def _followed(method: Callable[..., Any], hidden: Hidden, take: Take) -> Callable[..., Any]:
    @wraps(method)
    def call(self: object, *args: object, **options: object) -> object:
        result = method(self, *args, **options)
        take(hidden, self)
        return result

    return call


def _listening(start: Callable[..., Any], hidden: Hidden, lines: Lines) -> Callable[..., Any]:
    """Start a bot that logs at DEBUG, if nothing else is asked for, and hear what it prints."""

    @wraps(start)
    async def begin(
        cls: type,
        environment: Mapping[str, str],
        *args: object,
        relay: Callable[[str], object] | None = None,
        **options: object,
    ) -> object:
        for name, value in environment.items():
            if name.endswith(_SECRET_VARIABLES):
                hidden.add_secret(value, f"the value of {name}")
        if password := urlsplit(environment.get("DATABASE_URL", "")).password:
            hidden.add_secret(password, "a database's password")

        def hear(line: str) -> None:
            lines.print(line)
            if relay is not None:
                relay(line)

        return await start(cls, {"LOG_LEVEL": "DEBUG", **environment}, *args, relay=hear, **options)

    return begin


def _note_question(hidden: Hidden, question: Any) -> None:  # noqa: ANN401
    hidden.add_text(question.text, "a question")


def _note_quote(hidden: Hidden, quote: Any) -> None:  # noqa: ANN401
    hidden.add_text(quote.text, "a quoted message")


def _note_prompt(hidden: Hidden, prompt: Any) -> None:  # noqa: ANN401
    hidden.add_text(prompt.text, "a question")
    for value in prompt.options.values():
        hidden.add_text(value, "a provider's option")


def _note_turn(hidden: Hidden, turn: Any) -> None:  # noqa: ANN401
    hidden.add_text(turn.question, "a question")
    hidden.add_text(turn.answer, "an answer")


def _note_secret(hidden: Hidden, secret: Any) -> None:  # noqa: ANN401
    # A server's own is encrypted until it is used; what is entered in a form is noted there.
    if type(secret).__name__ == "SecretStr":
        hidden.add_secret(secret.get_secret_value(), "a configured secret")


def _note_application(hidden: Hidden, application: Any) -> None:  # noqa: ANN401
    hidden.add_secret(application.token, "a bot's token")


def _note_frame(hidden: Hidden, frame: Any) -> None:  # noqa: ANN401
    if frame.request is None:  # else it is the bot that wrote
        hidden.add_text(frame.content, "a message")


def _note_interaction(hidden: Hidden, interaction: Any) -> None:  # noqa: ANN401
    hidden.add_secret(interaction.token, "an interaction's token")
    for text in _values(getattr(interaction, "data", None)):
        hidden.add_text(text, "what was typed into a command or a form")


def _note_traffic(hidden: Hidden, apis: Any) -> None:  # noqa: ANN401
    """Note what the chat APIs were asked and what they answered, once they close."""
    for api in apis.all:
        for secret in api.secrets:
            hidden.add_secret(secret, f"a secret of {api.name}'s")
        for received in (*api.received, *api.strays):
            for secret in received.secrets.values:
                hidden.add_secret(secret, f"a secret sent to {api.name}")
            for text in leaves_of(dict(received.fields)):
                hidden.add_text(text, f"a request to {api.name}")
            hidden.add_texts(received.answered.text, f"an answer from {api.name}")


def _note_script(hidden: Hidden, server: Any) -> None:  # noqa: ANN401
    """Note what the raw server is going to answer."""
    for script in server.scripts:
        for step in script:
            if isinstance(step, bytes):
                hidden.add_texts(step[:100_000].partition(b"\r\n\r\n")[2].decode("utf-8", "replace"), "a raw answer")


def _values(data: object) -> list[str]:
    """Return all that stands under the name "value" in what was sent with an interaction."""
    found: list[str] = []
    waiting = [data]
    while waiting:
        match waiting.pop():
            case dict() as members:
                found.extend(leaves_of(members.get("value")))
                waiting.extend(members.values())
            case list() as items:
                waiting.extend(items)
    return found


MADE: Mapping[str, Take] = {
    "bot.domain.question:Question": _note_question,
    "bot.domain.question:Quote": _note_quote,
    "bot.domain.provider:Prompt": _note_prompt,
    "bot.domain.conversation:NewTurn": _note_turn,
    "pydantic:SecretStr": _note_secret,
    "sandbox.discord.model.users:Application": _note_application,
    "sandbox.discord.model.messages:Frame": _note_frame,
    "sandbox.discord.model.interactions:Interaction": _note_interaction,
    "simcord.backend.models.interaction:Interaction": _note_interaction,
}
"""Classes whose objects are noted as they are made."""

CALLED: Mapping[str, tuple[str, Take]] = {
    "sandbox.apis.mock_apis:Apis": ("__aexit__", _note_traffic),
    "tests.providers.wire:WireServer": ("play", _note_script),
}
"""Methods after whose call their object is noted."""
