"""Who may use which command: read from the real command tree, so that a new command has to be listed here."""

from typing import Any, cast

import discord
import pytest
from discord import app_commands
from discord.utils import maybe_coroutine

from bot.app import App
from bot.discord.interactions import Refused
from bot.providers import PROVIDERS
from bot.strings.host.review import ReviewFacts, review_answers
from tests.fakes.interactions import FakeInteraction

EVERYBODY = {
    "ask",
    *(f"{kind.name} ask" for kind in PROVIDERS),
    "help",
    "history show",
    "history clear",
    "privacy show",
    "privacy export",
    "privacy forget",
    "privacy opt-out",
    "Ask about this",
    "Why this answer?",
}
"""Commands without a check before they run. Some check later: see the tests beside this one."""

ADMIN_ROOTS = {"settings", "setup", "doctor", "usage"}
"""Commands, and groups of them, that Discord shows only to people with Manage Server, and only in servers."""

ADMINS = {
    "doctor",
    "usage",
    "setup",
    *(f"settings {name}" for name in ("show", "provider", "name", "gender", "prefix", "developer")),
    *(f"settings {name}" for name in ("model", "temperature", "system-prompt", "story")),
    *(f"settings {name}" for name in ("channels", "roles", "auto-reply", "threads")),
    *(f"settings {name}" for name in ("conversation", "length", "retention", "limit", "fallback")),
}
"""Commands for people with Manage Server."""

ALL_BUT_MANAGE_SERVER = discord.Permissions(
    ~discord.Permissions(manage_guild=True).value & discord.Permissions.all().value
)
MANAGE_SERVER = discord.Permissions(manage_guild=True)

Leaf = app_commands.Command[Any, ..., Any] | app_commands.ContextMenu


def leaves(app: App) -> dict[str, Leaf]:
    """Return every command that can be used, by its full name."""
    slash = {each.qualified_name: each for each in app.tree.walk_commands() if isinstance(each, app_commands.Command)}
    menus = app.tree.get_commands(type=discord.AppCommandType.message)
    return {**slash, **{menu.name: menu for menu in menus}}


async def run_checks(command: Leaf, interaction: FakeInteraction) -> None:
    """Run what discord.py runs before a command."""
    for check in command.checks:
        assert await maybe_coroutine(check, cast("Any", interaction))


async def test_every_command_is_for_everybody_or_for_admins(app: App) -> None:
    assert set(leaves(app)) == EVERYBODY | ADMINS


async def test_an_admin_command_is_refused_privately_to_everybody_else(app: App) -> None:
    commands = leaves(app)
    for name in ADMINS:
        with pytest.raises(Refused, match=r"^You need \*\*Manage Server\*\* for that\. Nothing was changed\.$"):
            await run_checks(commands[name], FakeInteraction(permissions=ALL_BUT_MANAGE_SERVER))
        with pytest.raises(Refused):
            await run_checks(commands[name], FakeInteraction(permissions=MANAGE_SERVER, server=None))
        with pytest.raises(Refused, match="I'm not a member of this server"):
            await run_checks(commands[name], FakeInteraction(permissions=MANAGE_SERVER, member=False))


async def test_manage_server_is_enough_for_every_admin_command(app: App) -> None:
    commands = leaves(app)
    for name in ADMINS:
        await run_checks(commands[name], FakeInteraction(permissions=MANAGE_SERVER))


async def test_commands_for_everybody_check_nothing_before_they_run(app: App) -> None:
    commands = leaves(app)
    assert {name for name in commands if not commands[name].checks} == EVERYBODY


async def test_discord_hides_admin_groups_from_everybody_else(app: App) -> None:
    roots = {command.name: command.to_dict(app.tree) for command in app.tree.get_commands()}
    hidden = {name for name, command in roots.items() if command.get("default_member_permissions") is not None}
    assert hidden == ADMIN_ROOTS
    for name in ADMIN_ROOTS:
        assert roots[name]["default_member_permissions"] == MANAGE_SERVER.value
        assert roots[name]["contexts"] == [0], name
        assert roots[name]["integration_types"] == [0], name


async def test_every_command_of_a_hidden_group_has_the_check(app: App) -> None:
    hidden = [name for name in leaves(app) if name.split()[0] in ADMIN_ROOTS]
    assert len(hidden) == 22
    assert set(hidden) <= ADMINS


async def test_descriptions_fit_discord_and_say_how_to_reset(app: App) -> None:
    for name, command in leaves(app).items():
        if isinstance(command, app_commands.ContextMenu):
            continue
        assert 1 <= len(command.description) <= 100, name
        for parameter in command.parameters:
            text = str(parameter.description)
            assert 1 <= len(text) <= 100, f"{name} {parameter.name}"
            assert parameter.required or "Leave empty" in text, f"{name} {parameter.name}"


async def test_each_chatbots_ask_names_it(app: App) -> None:
    commands = leaves(app)
    for name, label in (("tamako", "Tamako"), ("chatbase", "Chatbase"), ("chatbot", "ChatBot.com")):
        ask = commands[f"{name} ask"]
        assert isinstance(ask, app_commands.Command)
        assert ask.description == f"Ask {label}, even where another chatbot answers"


def test_the_answers_for_discords_review_name_the_intents_that_the_bot_asks_for(app: App) -> None:
    asked = {name for name, on in app.intents if on}
    assert asked - {"message_content"} == {"guilds", "guild_messages", "dm_messages"}
    facts = ReviewFacts(app.message_content.on, "bot.db", is_file=True, vendors={}, policy=None)
    assert "Guilds, Guild Messages, Direct Messages, and " in review_answers(facts)
