"""`docs/settings.md` lists each command of `/settings` and its options as Discord gets them."""

import re
from pathlib import Path
from typing import Any

from discord import AppCommandOptionType, app_commands

from bot.app import App

PAGE = Path(__file__).resolve().parents[2] / "docs" / "settings.md"
ROW = re.compile(r"^\| `/settings ([a-z-]+)` \| (.*?) \| ", re.MULTILINE)


def told(parameter: app_commands.Parameter) -> str:
    """Return how the page tells of an option."""
    name = f"`{parameter.name}`"
    if parameter.choices:
        *others, last = (f"`{choice.value}`" for choice in parameter.choices)
        return f"{name} ({', '.join(others)} or {last})"
    if parameter.max_value is None:
        return name
    if parameter.type is AppCommandOptionType.string:
        return f"{name} (at most {parameter.max_value} characters)"
    return f"{name} ({parameter.min_value:g} to {parameter.max_value:g})"


async def test_each_command_with_its_options(app: App) -> None:
    settings = app.tree.get_command("settings")
    assert isinstance(settings, app_commands.Group)
    found: dict[str, Any] = {command.name: command for command in settings.commands if command.name != "show"}
    assert dict(ROW.findall(PAGE.read_text(encoding="utf-8"))) == {
        name: ", ".join(map(told, command.parameters)) for name, command in found.items()
    }
