"""The console script `switchboard`: the commands of `python -m bot`, and `demo`, which is `python -m sandbox`."""

import sys
from importlib import import_module

from bot.__main__ import main as run_command


def main() -> int:
    """Run the command in `sys.argv`, and return the exit code."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["demo"]:
        # By name, so that nothing of the bot depends on the sandbox.
        return int(import_module("sandbox.__main__").main(arguments[1:], "switchboard demo"))
    return run_command(arguments, "switchboard", "`switchboard demo` is for trying the bot without an account.")
