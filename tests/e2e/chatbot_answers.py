"""ChatBot.com on the stage: telling it what to answer, and reading what Discord shows of that."""

from sandbox.apis import Reply
from sandbox.apis.chatbot_stories import button
from sandbox.discord import Message
from sandbox.discord.model.components import ButtonStyle, Kind, walk
from tests.e2e.stage import Stage

Item = dict[str, object]


def choices(number: int) -> list[Item]:
    """Return so many buttons, `T0` that says `v0` and so on."""
    return [dict(button("postback", f"T{location}", f"v{location}")) for location in range(number)]


async def have_answered(stage: Stage, *items: Item) -> list[Message]:
    """Have ChatBot.com answer with these items, ask, and return the messages that came."""
    before = stage.by_bot()
    stage.apis.chatbot.answers(Reply(fulfillment=items), times=1)
    await stage.ask(stage.alice, "go on")
    await stage.idle()
    return [message for message in stage.by_bot() if message not in before]


def one_button(says: str) -> Reply:
    """Return an answer that offers one button, "Yes", which says this, and whose text says nothing of it."""
    return Reply(
        fulfillment=[{"type": "quickReplies", "title": "Choose", "buttons": [button("postback", "Yes", says)]}]
    )


async def press_in_vain(stage: Stage, message: Message, name: str = "Yes") -> None:
    """Have Bob press a button whose answer is not kept, and hold that he alone is told so and nobody is asked."""
    asked = len(stage.apis.chatbot.received)
    told = await stage.told(await stage.bob.press(message, name))
    assert told.content == "I no longer know this button. Please write your question instead."
    assert told.ephemeral
    assert len(stage.apis.chatbot.received) == asked


def looks(message: Message) -> tuple[str, list[str | None], list[str]]:
    """Return a message's text, the titles of its embeds, and its buttons."""
    return message.content, [embed.get("title") for embed in message.embeds], offered(message)


def offered(message: Message) -> list[str]:
    """Return the labels of the buttons that an answer itself offers; those that steer it stand below them."""
    buttons = (part for part in walk(message.components) if part["type"] == Kind.BUTTON)
    return [str(part["label"]) for part in buttons if not str(part.get("custom_id")).startswith("steer:")]


def links(message: Message) -> dict[str, str]:
    """Return the link buttons of a message: each label and its address."""
    buttons = (part for part in walk(message.components) if part["type"] == Kind.BUTTON)
    return {part["label"]: part["url"] for part in buttons if part["style"] == ButtonStyle.LINK}


def sent(stage: Stage, field: str) -> object:
    """Return a field of the newest request to ChatBot.com, None if it is not there."""
    return stage.apis.chatbot.received[-1].fields.get(field)
