"""Hand-written stand-ins for the database and the chat APIs, which record what they are asked."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from bot.domain.attachments import AttachedFile, FileLoader, LoadedFiles
from bot.domain.errors import DatabaseUnavailable
from bot.domain.provider import Checked, Memory, Option, Piece, Prompt, Provider
from bot.domain.question import Location, Question
from bot.domain.settings.server_settings import Scope, StoredSettings
from bot.domain.stores import ServerSettingsStore

Script = Sequence[Piece | float | Exception | asyncio.Event]
"""An answer: pieces, seconds of silence, events to wait for, and perhaps what it ends in."""


@dataclass(eq=False)
class FakeProvider(Provider):
    """A chat API that plays its scripts, one for each question; the last one stays."""

    name: str = "chatbase"
    label: str = "Chatbase"
    question_limit: int | None = None
    remembers: Memory = "nothing"
    streams: bool = True
    takes_persona: bool = False
    options: Sequence[Option] = ()
    scripts: list[Script] = field(default_factory=lambda: [["An answer."]])
    prompts: list[Prompt] = field(default_factory=list)
    open: int = 0
    """How many answers are being streamed now."""

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        """Play the next script."""
        self.prompts.append(prompt)
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        self.open += 1
        try:
            for step in script:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, asyncio.Event):
                    await step.wait()
                elif isinstance(step, float):
                    await asyncio.sleep(step)
                else:
                    yield step
        finally:
            self.open -= 1

    def max_chars(self, text: str) -> int | None:
        """Return the limit, which is the same for every text."""
        return self.question_limit

    async def check(self) -> Checked:
        """Accept the credentials."""
        return None


class FakeFileLoader(FileLoader):
    """Loads the text that an address says after `text:`, after a second; other addresses are no text, or not found."""

    async def load(self, files: Sequence[AttachedFile]) -> LoadedFiles:
        """Load those that have no text yet."""
        await asyncio.sleep(1)
        loaded = []
        for file in files:
            kind, _, text = file.url.partition(":")
            loaded.append(replace(file, url="", text=text) if kind == "text" else file)
        kept = tuple(file for file in loaded if file.url != "binary")
        return LoadedFiles(kept, tuple(file.name for file in loaded if file.url == "binary"))


class FakeServerSettingsStore(ServerSettingsStore):
    """Settings in a dictionary by scope and target."""

    def __init__(self, values: Mapping[tuple[Scope, int], Mapping[str, str]] | None = None) -> None:
        self.down = False
        self.values: dict[tuple[Scope, int], dict[str, str]] = {key: dict(held) for key, held in (values or {}).items()}

    async def load(self, server: int | None, channel: int) -> StoredSettings:
        if self.down:
            raise DatabaseUnavailable
        return StoredSettings(
            self.values.get(("server", server), {}) if server is not None else {},
            self.values.get(("channel", channel), {}),
        )

    async def save(self, scope: Scope, server: int, target: int, name: str, value: str | None) -> None:
        if self.down:
            raise DatabaseUnavailable
        held = self.values.setdefault((scope, target), {})
        if value is None:
            held.pop(name, None)
        else:
            held[name] = value

    async def value(self, scope: Scope, target: int, name: str) -> str | None:
        if self.down:
            raise DatabaseUnavailable
        return self.values.get((scope, target), {}).get(name)

    async def list_values(self, name: str, scope: Scope = "server") -> Mapping[int, str]:
        if self.down:
            raise DatabaseUnavailable
        return {target: held[name] for (kind, target), held in self.values.items() if kind == scope and name in held}


def make_location(channel: int = 1, server: int | None = 7) -> Location:
    """Return a channel of a server."""
    return Location(channel, channel, server)


_ids = count(1000)


def make_question(text: str = "What is it?", *, channel: int = 1, asker: int = 4711) -> Question:
    """Return a question that was never asked before."""
    return Question(id=next(_ids), location=make_location(channel), asker=asker, text=text)


def make_page(word: str) -> str:
    """Return a text that takes most of a message."""
    return f"{f'{word} ' * 300}\n\n"
