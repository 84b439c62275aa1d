"""One chat API, asked in a channel of the test's own."""

from dataclasses import dataclass

from sandbox.apis import Api, Received
from sandbox.discord import Channel, Message
from tests.e2e.stage import Stage

QUESTION = "whatever became of the seventeen grey herons?"


@dataclass
class Desk:
    """One API on a stage that all tests share, and a channel of the test's own where that API is asked."""

    stage: Stage
    api: Api
    channel: Channel
    pauses: list[float]

    async def ask(self, text: str) -> Message:
        """Ask, and return the first message of the answer once the bot is done."""
        answer = await self.stage.ask(self.stage.alice, text, self.channel)
        await self.stage.idle()
        return answer

    def asked(self) -> list[Received]:
        """Return the requests with the question of this test."""
        return [each for each in self.api.received[self._before :] if each.question == QUESTION]

    def __post_init__(self) -> None:
        self._before = len(self.api.received)

    def check_discretion(self) -> None:
        """Hold that nothing in the channel shows a secret, an address or the question."""
        for message in self.stage.by_bot(self.channel):
            for hidden in (*self.api.secrets, self.api.origin, "http", "herons"):
                assert hidden not in message.content

    async def check_next(self) -> None:
        """Hold that the next question is answered, and that what failed was not remembered."""
        self.api.clear()
        self.api.answers("Everything works again.")
        assert (await self.ask("and now?")).content == "Everything works again."
        assert self.api.received[-1].question == "and now?"
        if self.api.name == "chatbase":
            assert self.api.received[-1].fields["messages"] == [{"role": "user", "content": "and now?"}]
        assert not self.api.strays
