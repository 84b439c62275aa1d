"""What the page has to try: several people who ask at once, a new server, and the Message Content Intent."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from sandbox.discord import Channel, NotPossible, Person
from sandbox.discord.errors import Json
from sandbox.discord.people.threads import may_write
from sandbox.environment import BotNotReady
from sandbox.page.requests import Request
from sandbox.page.session import Session
from sandbox.page.views import name_of

QUESTIONS = ("tell me a long story", "write me some Python code", "what is the weather like?", "and how does it end?")
"""What the others ask, one after another; the last one is the first asker's second question, so that it has to wait."""

MAX_SERVERS = 20
"""How many servers there can be: each change of one is told to every tab with all of them."""


async def ask_together(session: Session, request: Request) -> Json:
    """Have three others ask the bot in a channel, and return their names."""
    channel, others = request.channel(), session.context.personas.others
    if not _can_all_ask(session.context.env.app.bot.id, channel, others):
        names = ", ".join(name_of(each) for each in others)
        raise NotPossible(f"{names} cannot ask here; open a channel where everybody can write, such as #general")
    askers = [*others, others[0]]
    for person, question in zip(askers, QUESTIONS, strict=True):
        await person.say(channel, f"{session.context.env.app.bot.mention} {question}")
    return {"names": [name_of(each, channel.guild) for each in others]}


def _can_all_ask(bot: int, channel: Channel, people: tuple[Person, ...]) -> bool:
    guild = channel.guild
    return guild is not None and bot in guild.members and all(may_write(channel, person) for person in people)


async def found_server(session: Session, _: Request) -> Json:
    """Make a server that belongs to the visitor's account, and invite the bot to it."""
    env = session.context.env
    servers = len(env.discord.state.guilds)
    if servers >= MAX_SERVERS:
        raise NotPossible(f"there are {servers} servers, which is as many as this demo makes")
    name = f"Server {servers + 1}"
    guild = env.discord.create_guild(name, session.person, *session.context.personas.others)
    guild.system_channel = guild.add_text_channel("general", topic="A new server: the bot was invited a moment ago")
    guild.add_bot(env.app)
    return {"server": name, **session.opened(guild.system_channel)}


async def switch_intent(session: Session, request: Request) -> None:
    """Switch the Message Content Intent; the bot's state says if it did not start again."""
    try:
        await session.context.supervisor.switch_message_content(on=request.flag("on"))
    except BotNotReady:
        return


TRYOUT_ACTIONS: Mapping[str, Callable[[Session, Request], Awaitable[Json | None]]] = MappingProxyType(
    {"ask-together": ask_together, "found-server": found_server, "intent": switch_intent}
)
"""By name, as `sandbox.page.actions` has its own."""
