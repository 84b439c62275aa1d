"""`python -m sandbox` without the script: everything runs until Ctrl-C, with the page to look at and talk to it."""

import os
import sys
import webbrowser
from collections.abc import Mapping, Sequence

from sandbox.console import Console, Style
from sandbox.environment import BotNotReady, Environment, open_environment
from sandbox.page.bot_supervisor import BotSupervisor
from sandbox.page.personas import set_up_personas
from sandbox.page.server import Page
from sandbox.real_apis import MissingKeys, read_real_settings

THINK, PAUSE = 0.3, 0.04


async def serve(console: Console, *, real: Sequence[str] = (), browser: bool = False) -> int:
    """Start everything, print where it is, relay the bot's log, and stay until the task is cancelled.

    `real` names the providers whose real APIs are talked to; with `browser` the page is opened in one. Returns 1, the
    exit code, when the bot cannot be started or a setting is missing; a bot that ends later can be started again from
    the page.
    """
    async with open_environment(
        think=THINK, pause=PAUSE, relay=lambda line: console.line(f"bot | {line}", Style.FAINT)
    ) as env:
        try:
            env.settings |= read_real_settings(env.apis, real)
        except MissingKeys as error:
            console.line(str(error), Style.BAD)
            return 1
        personas = set_up_personas(env, real=bool(real))
        async with BotSupervisor(env) as supervisor, Page(env, personas, supervisor) as page:
            _tell_addresses(console, env)
            _tell_settings(console, env, real)
            console.line("Press Ctrl-C to stop everything. The bot's log:")
            try:
                seconds = await supervisor.start()
            except BotNotReady as error:
                console.line(f"{error.reason[0].upper()}{error.reason[1:]}.", Style.BAD)
                return 1
            console.line(f"The bot was ready after {seconds:.1f} s. Talk to it in your browser:", Style.GOOD)
            console.line()
            console.line(f"   {page.address}", Style.BOLD)
            console.line()
            if browser:
                webbrowser.open(page.address)
            return await supervisor.report_changes(console.line)


def may_open_browser(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether somebody sits in front of this machine's screen who would see a browser open."""
    if not sys.stdout.isatty() or environment.get("CI") or environment.get("SSH_CONNECTION"):
        return False
    # Elsewhere than on these two, without a screen, Python would start a browser for terminals in this one.
    screen = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")
    return sys.platform in ("darwin", "win32") or bool(screen)


def _tell_addresses(console: Console, env: Environment) -> None:
    console.line("Running: a local Discord and local stand-ins for the chat APIs", Style.BOLD)
    addresses = {"Discord REST": env.discord.api_url, "Discord gateway": env.discord.gateway_url}
    addresses |= {api.name.capitalize(): api.url for api in env.apis.all}
    for name, address in addresses.items():
        console.line(f"   {name:<16}{address}")
    console.line()


def _tell_settings(console: Console, env: Environment, real: Sequence[str]) -> None:
    own = env.discord.create_application("Your bot", owner="you")
    env.guild.add_bot(own)
    console.line("To connect a bot of your own, use these settings (the keys only work here):", Style.BOLD)
    stand_ins = [api.name for api in env.apis.all if api.name not in real]
    settings = {
        "DISCORD_TOKEN": own.token,
        "DISCORD_API_URL": env.discord.api_url,
        "DATABASE_URL": "sqlite:///data/sandbox.db",
        **(env.apis.environment(*stand_ins) if stand_ins else {}),
    }
    for name, value in settings.items():
        console.line(f"   {name}={value}")
    if real:
        console.line(f"   (and your own keys for {' and '.join(real)}, whose real API the bot uses here)")
    console.line()
