"""`python -m sandbox` without the script: everything runs until Ctrl-C, for a look around or for a bot of your own."""

from sandbox.paper import Ink, Paper
from sandbox.stage import BotNotReady, Stage, open_stage

THINK, PAUSE = 0.3, 0.04


async def stay(paper: Paper) -> int:
    """Start everything, print where it is, relay the bot's log, and stay until the bot ends or the task is cancelled.

    Returns the exit code, which is 1: a bot that ends by itself had no reason to.
    """
    async with open_stage(think=THINK, pause=PAUSE, relay=lambda line: paper.line(f"bot | {line}", Ink.FAINT)) as stage:
        _tell_addresses(paper, stage)
        _tell_settings(paper, stage)
        paper.line("The web page is not there yet; `python -m sandbox --script` plays a conversation.")
        paper.line("Ctrl-C ends everything. The bot's log:")
        try:
            seconds = await stage.start_bot()
        except BotNotReady as error:
            paper.line(f"{error.reason[0].upper()}{error.reason[1:]}.", Ink.BAD)
            return 1
        paper.line(f"The bot is ready after {seconds:.1f} s, in #general and #games of the server “Home”.", Ink.GOOD)
        assert stage.bot is not None
        code = await stage.bot.ended()
        paper.line(f"The bot ended with exit code {code}.", Ink.BAD)
        return 1


def _tell_addresses(paper: Paper, stage: Stage) -> None:
    paper.line("A local Discord and local stand-ins for the four chat APIs are running:", Ink.BOLD)
    addresses = {"Discord REST": stage.discord.api_url, "Discord gateway": stage.discord.gateway_url}
    addresses |= {api.name.capitalize(): api.url for api in stage.apis.all}
    for name, address in addresses.items():
        paper.line(f"   {name:<16}{address}")
    paper.line()


def _tell_settings(paper: Paper, stage: Stage) -> None:
    own = stage.discord.create_application("Your bot", owner="you")
    stage.guild.add_bot(own)
    paper.line("A bot of your own can join in with these settings; the keys are worth nothing elsewhere:", Ink.BOLD)
    settings = {**stage.environment(), "DISCORD_TOKEN": own.token, "DATABASE_URL": "sqlite:///data/sandbox.db"}
    for name, value in settings.items():
        paper.line(f"   {name}={value}")
    paper.line()
