"""The controls under answers as people see and press them, and what a press brings."""

from sandbox.discord import Channel, Interaction, Message, Person
from sandbox.discord.model.components import Kind, walk
from tests.e2e.reader import unnamed
from tests.e2e.stage import Stage

FINISHED = ["Retry", "Ask another"]
"""What stands under an answer that is over."""

NOT_YOURS = "Only the person who asked, or someone with **Manage Messages**, can do that."


def controls(message: Message) -> list[str]:
    """Return the labels of the buttons that steer an answer; those that the answer itself offers stand above them."""
    buttons = (part for part in walk(message.components) if part["type"] == Kind.BUTTON)
    labels = [str(part["label"]) for part in buttons if str(part.get("custom_id")).startswith("steer:")]
    return [label.partition(" · ")[0] for label in labels]  # without who gave the version


async def shown(stage: Stage, message: Message, *expected: str) -> Message:
    """Return the message once exactly these controls stand under it."""
    return await stage.discord.wait_for(lambda: message if controls(message) == list(expected) else None)


async def version(stage: Stage, message: Message, location: str) -> Message:
    """Return the message once it shows the version `location`, such as "2/3", and the bot is done with it."""
    await stage.discord.wait_for(lambda: location in controls(message))
    await stage.idle()
    return message


async def told_alone(stage: Stage, press: Interaction) -> str:
    """Return what only the person who pressed a button sees."""

    def find() -> Message | None:
        told = [press.message, *press.followups]
        return next((each for each in told if each and each is not press.source and not each.thinking), None)

    message = await stage.discord.wait_for(find)
    assert message.ephemeral
    return message.content


async def built_prompt(stage: Stage, channel: Channel | None = None) -> list[str]:
    """Ask a next question, and return the texts that Chatbase was sent before it, oldest first."""
    stage.apis.chatbase.answers("(a next answer)", times=1)
    await stage.ask(stage.admin, "and now?", channel)
    await stage.idle()
    sent = stage.apis.chatbase.received[-1].fields["messages"]
    texts = [unnamed(message["content"]) for message in sent]  # type: ignore[attr-defined]
    assert texts.pop() == "and now?"
    return texts


async def forget(stage: Stage, person: Person) -> Message:
    """Have a person press "Erase", and return what they read then."""
    asked = await stage.use(person, "privacy forget")
    assert asked.ephemeral
    assert "This can't be undone." in asked.content
    return await erase(stage, person, asked)


async def erase(stage: Stage, person: Person, asked: Message) -> Message:
    """Have a person press "Erase" below what they were asked, and return what they read once that is done."""
    pressed = await person.press(asked, "Erase")
    assert pressed.answered
    return await stage.discord.wait_for(lambda: asked if not asked.content.startswith("Erasing") else None)
