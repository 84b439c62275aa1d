"""`python -m sandbox` without the script: everything runs until Ctrl-C, with the page to look at and talk to it."""

import os
import sys
import webbrowser
from collections.abc import Mapping, Sequence

from sandbox.console import Ink, Paper
from sandbox.environment import BotNotReady, Stage, open_stage
from sandbox.page.bot_supervisor import BotKeeper
from sandbox.page.personas import furnish
from sandbox.page.server import Page
from sandbox.real_apis import MissingKeys, read_real_settings

THINK, PAUSE = 0.3, 0.04


async def stay(paper: Paper, *, real: Sequence[str] = (), browser: bool = False) -> int:
    """Start everything, print where it is, relay the bot's log, and stay until the task is cancelled.

    `real` names the providers whose real APIs are talked to; with `browser` the page is opened in one. Returns 1, the
    exit code, when the bot cannot be started or a setting is missing; a bot that ends later can be started again from
    the page.
    """
    async with open_stage(think=THINK, pause=PAUSE, relay=lambda line: paper.line(f"bot | {line}", Ink.FAINT)) as stage:
        try:
            stage.settings |= read_real_settings(stage.apis, real)
        except MissingKeys as error:
            paper.line(str(error), Ink.BAD)
            return 1
        cast = furnish(stage, real=bool(real))
        async with BotKeeper(stage) as keeper, Page(stage, cast, keeper) as page:
            _tell_addresses(paper, stage)
            _tell_settings(paper, stage, real)
            paper.line("Ctrl-C ends everything. The bot's log:")
            try:
                seconds = await keeper.start()
            except BotNotReady as error:
                paper.line(f"{error.reason[0].upper()}{error.reason[1:]}.", Ink.BAD)
                return 1
            paper.line(f"The bot is ready after {seconds:.1f} s. Talk to it in your browser:", Ink.GOOD)
            paper.line()
            paper.line(f"   {page.address}", Ink.BOLD)
            paper.line()
            if browser:
                webbrowser.open(page.address)
            return await keeper.last(paper.line)


def may_open_browser(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether somebody sits in front of this machine's screen who would see a browser open."""
    if not sys.stdout.isatty() or environment.get("CI") or environment.get("SSH_CONNECTION"):
        return False
    # Elsewhere than on these two, without a screen, Python would start a browser for terminals in this one.
    screen = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")
    return sys.platform in ("darwin", "win32") or bool(screen)


def _tell_addresses(paper: Paper, stage: Stage) -> None:
    paper.line("A local Discord and local stand-ins for the four chat APIs are running:", Ink.BOLD)
    addresses = {"Discord REST": stage.discord.api_url, "Discord gateway": stage.discord.gateway_url}
    addresses |= {api.name.capitalize(): api.url for api in stage.apis.all}
    for name, address in addresses.items():
        paper.line(f"   {name:<16}{address}")
    paper.line()


def _tell_settings(paper: Paper, stage: Stage, real: Sequence[str]) -> None:
    own = stage.discord.create_application("Your bot", owner="you")
    stage.guild.add_bot(own)
    paper.line("A bot of your own can join in with these settings; the keys are worth nothing elsewhere:", Ink.BOLD)
    stand_ins = [api.name for api in stage.apis.all if api.name not in real]
    settings = {
        "DISCORD_TOKEN": own.token,
        "DISCORD_API_URL": stage.discord.api_url,
        "DATABASE_URL": "sqlite:///data/sandbox.db",
        **(stage.apis.environment(*stand_ins) if stand_ins else {}),
    }
    for name, value in settings.items():
        paper.line(f"   {name}={value}")
    if real:
        paper.line(f"   (and your own keys for the real {' and '.join(real)}, which the bot here talks to)")
    paper.line()
