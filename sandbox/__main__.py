"""`python -m sandbox` starts the local Discord, the chat APIs, the bot and a page; `--script` plays a conversation."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Coroutine, Sequence
from typing import Any, NoReturn

from bot.output import run_printing
from bot.stop_signals import listen_to
from bot.version import ShowVersion
from sandbox.apis import Apis
from sandbox.console import Console
from sandbox.demo.runner import run_script
from sandbox.serve import may_open_browser, serve


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong in one line, and exit with 2."""
        self.exit(2, f"{self.prog}: {message}; see --help\n")


def main(arguments: Sequence[str] | None = None, name: str = "python -m sandbox") -> int:
    """Run a command and return the exit code; `name` is how the program was called."""
    return run_printing(lambda: _run_command(arguments, name))


def _run_command(arguments: Sequence[str] | None, name: str) -> int:
    parser = _Parser(
        prog=name,
        description="Run Switchboard, the real bot in a process of its own, against a local Discord and local "
        "stand-ins for its chat APIs. No account, no token, no network.",
        epilog="Without --script everything runs until Ctrl-C. The page's address, the settings for a bot of your own "
        "and the bot's log are printed.",
    )
    parser.add_argument(
        "--script",
        action="store_true",
        help="play a short conversation with each chat API, print what a person would see and when, and exit with 0 "
        "only if every step passed (about 20 s)",
    )
    parser.add_argument(
        "--real",
        action="append",
        choices=[api.name for api in Apis().all],
        default=[],
        metavar="PROVIDER",
        help="use this provider's real API with the keys in .env or the environment: %(choices)s",
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open the page in a browser")
    parser.add_argument("--version", action=ShowVersion)
    given = parser.parse_args(arguments)
    if given.script and given.real:
        parser.error("--script and --real cannot be combined")
    console = Console.facing(sys.stdout)
    if given.script:
        return asyncio.run(_until_signal(run_script(console), end_well=False))
    browser = may_open_browser() and not given.no_browser
    return asyncio.run(_until_signal(serve(console, real=given.real, browser=browser), end_well=True))


async def _until_signal(command: Coroutine[Any, Any, int], *, end_well: bool) -> int:
    """Run a command until it ends or a signal cancels it; it then stops the bot and cleans up.

    After a signal the exit code is 0 if `end_well`, otherwise 128 and the signal's number, as a shell has it.
    """
    running = asyncio.create_task(command)
    signals: list[signal.Signals] = []

    def end(number: signal.Signals) -> None:
        signals.append(number)
        running.cancel()

    listen_to(("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"), end)
    try:
        return await running
    except asyncio.CancelledError:
        if not signals:
            raise
        return 0 if end_well else 128 + signals[0]


if __name__ == "__main__":
    sys.exit(main())
