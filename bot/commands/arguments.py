"""The command line's arguments: which command, and what it is told."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from bot.strings import maintenance as say
from bot.strings.host.erasing import YES
from bot.version import ShowVersion


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and exits with 2."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong in one line, and exit with 2."""
        self.exit(2, f"{self.prog}: {' '.join(message.split())}; see --help\n")


def parse(arguments: Sequence[str] | None, name: str, more_help: str) -> argparse.Namespace:
    """Return the `command` and its arguments (`file`, `yes`, or `source` and `target`); exits if they are wrong.

    `name` is how the program was called, and `more_help` what `--help` says besides.
    """
    parser = Parser(prog=name, description=say.PROGRAM, epilog=f"{more_help} {say.MORE}".strip())
    parser.add_argument("--version", action=ShowVersion)
    parser.set_defaults(command="run")
    commands = parser.add_subparsers(dest="command", metavar="command")
    for command, help_text in say.COMMANDS.items():
        added = commands.add_parser(command, help=help_text, description=help_text[0].upper() + help_text[1:])
        if command == "backup":
            added.add_argument("file", metavar="FILE", type=Path, help=say.BACKUP_FILE)
        elif command == "copy-database":
            added.add_argument("source", metavar="FROM", help=say.COPY_FROM)
            added.add_argument("target", metavar="TO", help=say.COPY_TO)
        elif command == "erase-all":
            added.add_argument("--yes", action="store_true", help=YES)
    parsed = parser.parse_args(arguments)
    parsed.command = parsed.command or "run"
    return parsed
