"""Questions, each in a place of its own, whose answers are killed at different points."""

from dataclasses import dataclass, field

from sandbox.apis import HeldStream
from sandbox.discord import Channel, Message, Person, RequestRecord
from sandbox.discord.limits.request_holds import Hold
from sandbox.environment import Environment
from tests.e2e.reader import bare_text, words
from tests.e2e.stage import SIGN

INTERRUPTED = "-# Interrupted: I was restarted while writing this. Press **Retry**, or ask again."
UNANSWERED = "-# I was restarted before I could answer this. Press **Retry**, or ask again."
BEFORE = "-# I was restarted while asking again. This is the previous answer."


@dataclass
class Scenario:
    """A question in a place of its own, asked by mention or, where that is so, by `slash`.

    `word` is in every text of it, and in no text of another's. `shows` is what can be read there after the next start,
    as soon as that is known, and `turns` the answers that the history has then.
    """

    env: Environment
    word: str
    place: Channel
    asker: Person
    slash: bool
    shows: str | None = None
    turns: list[str] = field(default_factory=list)
    stream: HeldStream = field(init=False)

    @property
    def messages(self) -> list[Message]:
        """What the bot has written here."""
        return [message for message in self.place.messages.values() if message.author is self.env.app.bot]

    @property
    def text(self) -> str:
        """What can be read here, without the lines that say what a command asked."""
        return "\n".join(words(message) for message in self.messages)

    @property
    def buttons(self) -> list[str]:
        """The labels of what can be pressed here."""
        rows = [row for message in self.messages for row in message.components]
        return [button["label"] for row in rows for button in row["components"] if not button.get("disabled")]

    @property
    def is_truthful(self) -> bool:
        """Whether it says what it is to say, to the end, and offers nothing that is over."""
        assert self.shows is not None
        says_so = bare_text(self.text) == bare_text(self.shows)
        steered = {"Stop", "Cancel"}.isdisjoint(self.buttons) and ("Retry" in self.buttons or not self.messages)
        return says_so and steered and self._is_captioned and not any(message.thinking for message in self.messages)

    @property
    def _is_captioned(self) -> bool:
        """Whether the line that says what was asked is there after a command, and only then."""
        return all((words(message) != message.content) == self.slash for message in self.messages[:1])

    async def say(self) -> None:
        """Ask, and wait for nothing."""
        if self.slash:
            await self.asker.slash(self.place, "ask", wait=False, question=f"{self.word}?")
        else:
            await self.asker.say(self.place, f"{self.env.app.bot.mention} {self.word}?")

    async def ask(self) -> None:
        """Ask, and return when the chat API has the question."""
        self.stream = self.env.apis.chatbase.hold()
        await self.say()
        await self.stream.started()

    async def begin(self) -> None:
        """Ask, and return when the beginning of the answer can be read."""
        await self.ask()
        await self.send("begins")

    async def send(self, text: str) -> None:
        """Have the chat API send some text, and wait until it can be read."""
        await self.stream.send(f"{self.word} {text}")
        await self.reads(f"{self.word} {text}")

    async def reads(self, text: str) -> None:
        """Wait until something can be read here."""
        await self.env.discord.wait_for(lambda: text in self.text)

    async def end(self) -> None:
        """Have the chat API send the end, and wait for nothing."""
        await self.stream.send(f" and {self.word} ends")
        await self.stream.finish()

    async def is_answered(self) -> None:
        """Ask, and return when the answer is over."""
        await self.begin()
        await self.end()
        self.is_whole()
        await self.env.discord.wait_for(lambda: self.is_truthful)

    def is_whole(self) -> None:
        """Say that the whole answer is to be shown, and remembered."""
        self.shows = f"{self.word} begins and {self.word} ends"
        self.turns = [self.shows]

    def hold(self, text: str, *, final: bool = False, carried_out: bool = False) -> Hold:
        """Keep the requests that write `text` of this scenario; if `final`, without the sign that it goes on."""

        def writes(record: RequestRecord) -> bool:
            content = record.body.get("content") if isinstance(record.body, dict) else None
            return (
                isinstance(content, str) and f"{self.word} {text}" in content and not (final and content.endswith(SIGN))
            )

        return self.env.discord.hold(writes, carried_out=carried_out)

    def is_cut_off(self) -> None:
        """Say that what can be read now is to stay, and to be marked; if nothing is known to be shown otherwise."""
        if self.shows is None:
            begun = [words(each).removesuffix(SIGN) for each in self.messages if not words(each).startswith("-# ")]
            self.shows = "\n".join([*begun, INTERRUPTED if any(begun) else UNANSWERED])
