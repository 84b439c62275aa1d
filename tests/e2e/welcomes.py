"""Servers that the bot is added to, their welcomes, and what is stored of them."""

from sandbox.discord import Channel, Guild, Message
from sandbox.discord.model.components import walk
from tests.databases import execute
from tests.e2e.stage import Stage
from tests.e2e.waiting import until

HELLO = "Hi! I bring a chatbot into this server."
BUTTONS = ["Try it", "Choose who answers", "Where may I answer", "Check"]
DONE = "Delete the welcome message"


def found(stage: Stage, name: str = "Elsewhere", *channels: str) -> Guild:
    """Found a server that the bot is not in yet."""
    guild = stage.discord.create_guild(name, stage.admin, stage.alice)
    for channel in channels or ("lobby", "talk"):
        guild.add_text_channel(channel)
    return guild


def channel_of(guild: Guild, name: str) -> Channel:
    """Return a channel by its name."""
    return next(channel for channel in guild.channels.values() if channel.name == name)


def welcomes(stage: Stage, guild: Guild) -> list[Message]:
    """Return the welcomes that are shown in a server."""
    shown_here = [message for channel in guild.channels.values() for message in stage.by_bot(channel)]
    return [message for message in shown_here if message.content.startswith(HELLO)]


async def welcome(stage: Stage, guild: Guild) -> Message:
    """Wait for a server's welcome."""
    (found_one,) = await stage.discord.wait_for(lambda: welcomes(stage, guild) or None)
    return found_one


def preselected(card: Message) -> list[str]:
    """Return the ids of what a card's menu shows as chosen."""
    return [str(value["id"]) for each in walk(card.components) for value in each.get("default_values", [])]


async def gone(stage: Stage, guild: Guild) -> None:
    """Wait until no welcome is shown in a server, nor stored."""
    nothing = f"SELECT 1 FROM welcomes WHERE server = {guild.id}"
    await until(lambda: not welcomes(stage, guild) and not execute(stage.database, nothing))
