"""What the steps of the scripted conversation share, and what a step is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sandbox.apis import Received
from sandbox.demo.driver import Answer, CheckFailed, Driver, expect
from sandbox.discord import Channel, Message, Person


class Script:
    """What the steps share: the driver, and each channel's conversation with Chatbase, which has no memory."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.env = driver.env
        self.turns: dict[Channel, list[dict[str, str]]] = {}
        self.conversation_ids: dict[Channel, object] = {}
        self.quick_replies: Message | None = None

    async def ask_chatbase(self, person: Person, channel: Channel, text: str) -> Answer:
        """Ask by message, and check that Chatbase was sent the channel's conversation so far under one id."""
        answer = await self.driver.say(person, channel, self._addressed(channel, text), asks=self.env.apis.chatbase)
        sent = received_by(answer).fields
        earlier = self.turns.setdefault(channel, [])
        question = {"role": "user", "content": text}
        expect("the messages that Chatbase was sent", [*earlier, question], sent["messages"])
        expect("`stream`, as Chatbase was sent it", True, sent["stream"])
        known = self.conversation_ids.setdefault(channel, sent.get("conversationId"))
        expect("the conversation's id, as Chatbase was sent it", known, sent.get("conversationId"))
        if not known or list(self.conversation_ids.values()).count(known) > 1:
            raise CheckFailed("the conversation's id, as Chatbase was sent it", "one for each channel", known)
        earlier += [question, {"role": "assistant", "content": answer.content.text}]
        return answer

    async def fail_to_ask_chatbase(self, person: Person, channel: Channel, text: str) -> Answer:
        """Ask by message while Chatbase is out of order."""
        addressed = self._addressed(channel, text)
        return await self.driver.say_expecting_error(person, channel, addressed, asks=self.env.apis.chatbase)

    def _addressed(self, channel: Channel, text: str) -> str:
        return text if channel.guild is None else f"{self.env.app.bot.mention} {text}"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the script: `run` returns in a few words what was proved, or raises `CheckFailed`."""

    title: str
    run: Callable[[Script], Awaitable[str]]


def received_by(answer: Answer) -> Received:
    """Return the request that this answer is to."""
    assert answer.received is not None
    return answer.received
