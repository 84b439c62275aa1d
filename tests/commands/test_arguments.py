"""The help of each command names things as they are called elsewhere."""

import pytest

from bot.commands.arguments import parse
from bot.strings.maintenance import COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_a_commands_help_says_what_the_list_says(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse([command, "--help"], "switchboard", "")
    shown = " ".join(capsys.readouterr().out.split())
    assert ended.value.code == 0
    assert f"{COMMANDS[command][0].upper()}{COMMANDS[command][1:]} " in shown
