"""A chat API that keeps each conversation by an id that it gives, as Chatbase's second one does by its document."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from itertools import count

from bot.domain.errors import ProviderError
from bot.domain.provider import Memory, Piece, Prompt, Receipt
from tests.fakes.providers_and_stores import FakeProvider


@dataclass(eq=False)
class FakeKeeper(FakeProvider):
    """Answers each question with what its conversation then holds: what it was told of, and what was asked in it.

    An answer takes some `seconds`, half of them after the first word. `fault` is what the next one ends in, before or,
    if it is `late`, after its first word. `over` are the conversations that it refuses to go on with.
    """

    name: str = "chatbase-v2"
    label: str = "Chatbase v2"
    remembers: Memory = "conversations"
    fault: ProviderError | None = None
    late: bool = False
    seconds: float = 1.0
    over: set[str] = field(default_factory=set)
    conversations: dict[str, list[str]] = field(default_factory=dict)
    """What each was asked, by its id."""
    most_at_once: int = 0
    ids: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def sent(self) -> list[tuple[str, str | None]]:
        """The conversation and the message to retry that each question named."""
        return [(prompt.conversation_id, prompt.retry_of) for prompt in self.prompts]

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        """Answer in the conversation that is named, or in a new one that is told of the history."""
        self.prompts.append(prompt)
        number = next(self.ids)
        self.open += 1
        self.most_at_once = max(self.most_at_once, self.open)
        fault, self.fault = self.fault, None
        try:
            if fault is not None and not self.late:
                raise fault
            conversation = prompt.conversation_id
            if not conversation or conversation in self.over:
                conversation = f"c{number}"
                self.conversations[conversation] = [each.text for each in prompt.history if each.role == "user"]
            if not prompt.retry_of or conversation != prompt.conversation_id:
                self.conversations[conversation].append(prompt.text)
            yield Receipt(conversation, f"a{number}")
            await asyncio.sleep(self.seconds / 2)
            yield f"a{number}:"
            await asyncio.sleep(self.seconds / 2)
            if fault is not None:
                raise fault
            yield " " + ", ".join(self.conversations[conversation])
            yield Receipt(conversation, f"a{number}", 1.5)
        finally:
            self.open -= 1
