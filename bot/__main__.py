"""`python -m bot` runs the bot, or another command: the command line."""

import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from bot.commands.arguments import parse
from bot.garbage import begin_collecting, collect_in_quiet, put_off_collecting
from bot.output import run_printing
from bot.stop_signals import StopSignals

if TYPE_CHECKING:
    from bot.settings import Configuration

_log = logging.getLogger(__name__)


_START_SECONDS = 10.0
"""When a start is over at the latest: from then on there is time for what it left out."""


def main(arguments: Sequence[str] | None = None, name: str = "python -m bot", more_help: str = "") -> int:
    """Run a command and return the exit code: 0, or 1 with one line on standard error.

    `name` is how the program was called, and `more_help` what `--help` says besides.
    """
    return run_printing(lambda: _run_command(arguments, name, more_help))


def _run_command(arguments: Sequence[str] | None, name: str, more_help: str) -> int:
    parsed = parse(arguments, name, more_help)
    if parsed.command == "new-key":
        from bot.crypto.keys import new_key

        sys.stdout.write(f"{new_key()}\n")
        return 0
    put_off_collecting()
    # Whether a package here brings plugins for pydantic is not looked up: the settings need none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from bot.settings import SettingsError, load, load_database_url, load_secret_key

    try:
        if parsed.command == "backup":
            from bot.commands.backup import backup

            return backup(load_database_url(), parsed.file)
        if parsed.command == "copy-database":
            from bot.commands.copy_database import copy

            return copy(parsed.source, parsed.target)
        if parsed.command == "erase-all":
            from bot.commands.erase_all import erase_all

            return erase_all(load_database_url(direct=True), is_sure=parsed.yes)
        if parsed.command in ("encrypt-texts", "rotate-keys"):
            return _encrypt(parsed.command, load_database_url(direct=True), load_secret_key())
        configuration = load()
    except SettingsError as error:
        return _fail(str(error))
    if parsed.command == "review-answers":
        from bot.commands.review_answers import print_answers

        settings = configuration.bot
        return print_answers(
            reads_content=settings.message_content_intent,
            database_url=settings.database_url,
            vendors=configuration.vendors,
            policy=settings.privacy_url,
            is_encrypted=settings.secret_key is not None,
        )
    # What is slow to import waits until here: a mistake in the settings is told at once.
    return asyncio.run(_check(configuration) if parsed.command == "check" else _run(configuration))


def _encrypt(command: str, database_url: str, secret_key: str | None) -> int:
    from bot.commands.encrypting import encrypt_texts, rotate
    from bot.crypto.opening import open_cipher

    return (encrypt_texts if command == "encrypt-texts" else rotate)(database_url, open_cipher(secret_key))


async def _check(configuration: "Configuration") -> int:
    from bot.check import check

    # The lines on standard output say all there is to say; without a handler warnings would go to standard error.
    logging.getLogger().addHandler(logging.NullHandler())
    return await check(configuration, sys.stdout)


async def _run(configuration: "Configuration") -> int:
    """Open everything, stay connected until a signal comes, and close in order."""
    settings = configuration.bot
    stop = StopSignals(settings.drain_seconds)
    from bot.app import open_bot
    from bot.app.life import Life
    from bot.discord.gateway.connection import StartError, point_at
    from bot.domain.cluster.processes import JoinRefused
    from bot.domain.errors import DatabaseUnavailable
    from bot.logs import set_up_logging
    from bot.operations.health.errors import PortUnavailable
    from bot.store.errors import DatabaseOpenError

    cluster = settings.cluster_id if settings.cluster_count > 1 else None
    set_up_logging(settings.log_level, settings.log_format, cluster=cluster)
    for sentence in configuration.incomplete:
        _log.warning("%s", sentence)
    point_at(settings)
    try:
        async with open_bot(configuration) as bot:
            stop.opened()
            begin_collecting()
            collecting = asyncio.create_task(collect_in_quiet(lambda: len(bot.services.answering.active_runs)))
            importing = asyncio.create_task(_import_rest())
            error = await Life(bot, settings, stop).run()
            collecting.cancel()
            importing.cancel()
            await asyncio.wait({collecting, importing})
        # Out here, since what is raised in there comes out as a group of errors.
        if error is not None:
            raise error
    except (StartError, JoinRefused, PortUnavailable) as error:
        return _fail(str(error))
    except DatabaseUnavailable:
        return _fail("DATABASE_URL: the database stopped answering during the start; the log says what it said")
    except DatabaseOpenError as error:
        remedy = "let the bot reach and write what it names"
        if error.is_damaged:
            remedy = "restore a backup as docs/databases.md shows"
        return _fail(f"{error.setting}: {error}; correct the address, or {remedy}")
    except asyncio.CancelledError:
        if not stop.requested.is_set():
            raise
    return 0


async def _import_rest() -> None:
    """Import what few answers need once the start is over, beside the event loop, which it would hold up for long."""
    await asyncio.sleep(_START_SECONDS)
    for name in ("wcwidth", "regex"):
        await asyncio.to_thread(import_module, name)


def _fail(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
