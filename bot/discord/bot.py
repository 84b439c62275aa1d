"""What the handlers in `cogs/` may use of the bot, besides discord.py's own part."""

from discord.ext import commands

from bot.discord.canvases.opening import Canvases
from bot.discord.canvases.requests import Requests
from bot.discord.message_content import MessageContent
from bot.discord.questions import InteractionQuestions
from bot.discord.recent_events import SeenEvents
from bot.domain.stores import MetadataStore


class BotBase(commands.Bot):
    """A discord.py bot with the rest of `bot/discord`. Each event is answered once: `seen` has the latest ones."""

    requests: Requests
    canvases: Canvases
    questions: InteractionQuestions
    seen: SeenEvents
    facts: MetadataStore
    message_content: MessageContent
