"""How many a test goes: an answer begins, something happens, and the next question is answered all the same."""

from sandbox.apis import HeldStream
from sandbox.discord import Channel, Message
from tests.e2e.reader import unnamed
from tests.e2e.stage import Stage


async def begin(stage: Stage, channel: Channel | None = None) -> tuple[HeldStream, Message, Message]:
    """Have the beginning of an answer shown; return its stream, the question and the answer."""
    stream = stage.apis.chatbase.hold()
    channel = channel or stage.general
    question = await stage.alice.say(channel, stage.mention("please tell me all"))
    await stream.send("It begins")
    answer = await channel.next_message(by=stage.app.bot, after=question)
    return stream, question, answer


async def check_next(stage: Stage, *, remembered: tuple[str, ...] = ()) -> None:
    """Hold that the next question in the channel is answered, and what goes along with it."""
    await stage.idle()
    stage.apis.chatbase.clear()
    stage.apis.chatbase.answers("Everything works again.")
    assert (await stage.ask(stage.alice, "and now?")).content == "Everything works again."
    sent = stage.apis.chatbase.received[-1].fields["messages"]
    assert [unnamed(message["content"]) for message in sent] == [*remembered, "and now?"]  # type: ignore[attr-defined]
