"""Each mistake in the settings ends the process at once, with one line that names the variable."""

import socket
from pathlib import Path

import pytest

from bot.crypto.keys import new_key
from bot.store.open import open_store
from sandbox.discord.gateway import breaks
from sandbox.environment import Environment
from tests.process.bot_runs import SECRETS, Changes, Ended, changed, complete_settings, run, run_here

PASSWORD = "password-not-to-be-seen"

MISTAKE_SECONDS = 5.0
"""The contract says 2 s, which takes half a second on a quiet machine; this one's processors may be slow."""

REFUSAL_SECONDS = 15.0
"""The same for what only Discord can tell."""

WITHOUT_CREDENTIALS: Changes = {
    "TAMAKO_USERNAME": None,
    "CHATBASE_API_KEY": None,
    "STAMMER_API_TOKEN": None,
    "CHATBOT_CLIENT_TOKEN": None,
}

MISTAKES: dict[str, tuple[Changes, str]] = {
    "no token": ({"DISCORD_TOKEN": None}, "DISCORD_TOKEN"),
    "blank token": ({"DISCORD_TOKEN": "  "}, "DISCORD_TOKEN"),
    "token of two lines": ({"DISCORD_TOKEN": f"{PASSWORD}\nmore"}, "DISCORD_TOKEN"),
    "no provider": ({**WITHOUT_CREDENTIALS, "CHATBASE_CHATBOT_ID": None}, "CHATBASE_API_KEY"),
    "half a provider": (WITHOUT_CREDENTIALS, "TAMAKO_USERNAME"),
    "plain http": ({"CHATBASE_API_URL": "http://chat.example/api"}, "CHATBASE_API_URL"),
    "a login in an address": ({"STAMMER_API_URL": f"https://me:{PASSWORD}@chat.example/"}, "STAMMER_API_URL"),
    "another scheme": ({"TAMAKO_API_URL": "ftp://127.0.0.1/"}, "TAMAKO_API_URL"),
    "no address": ({"CHATBOT_API_URL": "chat.example"}, "CHATBOT_API_URL"),
    "plain http to Discord": ({"DISCORD_API_URL": "http://discord.example/api/v10"}, "DISCORD_API_URL"),
    "plain gateway": ({"DISCORD_GATEWAY_URL": "ws://discord.example/"}, "DISCORD_GATEWAY_URL"),
    "no such database": ({"DATABASE_URL": f"mysql://me:{PASSWORD}@127.0.0.1/bot"}, "DATABASE_URL"),
    "a key of two lines": ({"SECRET_KEY": f"{PASSWORD}\nmore"}, "SECRET_KEY"),
    "half a key": ({"SECRET_KEY": PASSWORD[:16]}, "SECRET_KEY"),
    "database without a file": ({"DATABASE_URL": "sqlite://"}, "DATABASE_URL"),
    "a server beside a file": ({"DATABASE_DIRECT_URL": f"postgres://me:{PASSWORD}@db/bot"}, "DATABASE_DIRECT_URL"),
    "a file as direct address": ({"DATABASE_DIRECT_URL": "sqlite:///bot.db"}, "DATABASE_DIRECT_URL"),
    "history not a number": ({"HISTORY_MESSAGES": "many"}, "HISTORY_MESSAGES"),
    "negative history": ({"HISTORY_CHARS": "-1"}, "HISTORY_CHARS"),
    "no patience": ({"PROVIDER_IDLE_TIMEOUT": "0"}, "PROVIDER_IDLE_TIMEOUT"),
    "unknown default": ({"DEFAULT_PROVIDER": "oracle"}, "DEFAULT_PROVIDER"),
    "default not set up": ({"DEFAULT_PROVIDER": "stammer", "STAMMER_API_TOKEN": None}, "DEFAULT_PROVIDER"),
    "temperature": ({"CHATBASE_TEMPERATURE": "1.5"}, "CHATBASE_TEMPERATURE"),
    "a proxy of another kind": ({"HTTPS_PROXY": f"socks5://me:{PASSWORD}@proxy.example"}, "HTTPS_PROXY"),
    "a proxy without a host": ({"HTTP_PROXY": f"http://me:{PASSWORD}@"}, "HTTP_PROXY"),
    "log level": ({"LOG_LEVEL": "loud"}, "LOG_LEVEL"),
    "log format": ({"LOG_FORMAT": "xml"}, "LOG_FORMAT"),
    "intent": ({"MESSAGE_CONTENT_INTENT": "maybe"}, "MESSAGE_CONTENT_INTENT"),
}


def _expect_one_line(ended: Ended, variable: str) -> None:
    assert (ended.code, len(ended.err)) == (1, 1), ended
    assert variable in ended.err[0]
    assert ended.holds_none_of(["Traceback", "Error:", PASSWORD, *SECRETS.values()])


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_in_one_line(name: str, tmp_path: Path) -> None:
    changes, variable = MISTAKES[name]
    ended = run_here(changed(complete_settings(tmp_path), changes), tmp_path)
    _expect_one_line(ended, variable)
    assert ended.out == []


async def test_a_mistake_ends_the_process_at_once(tmp_path: Path) -> None:
    # The environment wins if both say something.
    (tmp_path / ".env").write_text("LOG_LEVEL=loud\nHISTORY_MESSAGES=many\n")
    ended = await run(complete_settings(tmp_path) | {"LOG_LEVEL": "INFO"}, tmp_path)
    _expect_one_line(ended, "HISTORY_MESSAGES")
    assert ended.out == []
    assert ended.seconds < MISTAKE_SECONDS


async def test_a_damaged_database_ends_it_and_a_backup_is_spoken_of(tmp_path: Path) -> None:
    (tmp_path / "noise.db").write_bytes(b"no database at all" * 1000)
    ended = await run(complete_settings(tmp_path) | {"DATABASE_URL": f"sqlite:///{tmp_path}/noise.db"}, tmp_path)
    _expect_one_line(ended, "DATABASE_URL")
    assert "restore a backup as docs/databases.md shows" in ended.err[0]


async def test_a_database_that_cannot_be_opened_ends_it_too(tmp_path: Path) -> None:
    # Not even root may make a folder below a file.
    (tmp_path / "file").touch()
    urls = [f"sqlite:///{tmp_path / 'file' / 'switchboard.db'}", f"postgresql://me:{PASSWORD}@127.0.0.1:9/bot"]
    for url in urls:
        ended = await run(complete_settings(tmp_path) | {"DATABASE_URL": url}, tmp_path)
        _expect_one_line(ended, "DATABASE_URL")
        assert ended.seconds < MISTAKE_SECONDS


async def test_a_port_in_use_ends_it_too(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = await run(complete_settings(tmp_path) | {"PORT": str(port)}, tmp_path)
    _expect_one_line(ended, f"PORT: another program uses {port} on 127.0.0.1")
    assert ended.seconds < MISTAKE_SECONDS
    assert list(tmp_path.iterdir()) == []


async def test_a_port_in_use_ends_it_too_if_the_database_is_known_and_discord_away(tmp_path: Path) -> None:
    settings = complete_settings(tmp_path)
    async with open_store(settings["DATABASE_URL"]):
        pass
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = await run(settings | {"PORT": str(port)}, tmp_path)
    _expect_one_line(ended, f"PORT: another program uses {port} on 127.0.0.1")
    assert ended.seconds < MISTAKE_SECONDS


def test_check_tells_a_mistake_likewise(tmp_path: Path) -> None:
    ended = run_here(complete_settings(tmp_path) | {"LOG_LEVEL": "loud"}, tmp_path, "check")
    _expect_one_line(ended, "LOG_LEVEL")
    assert ended.out == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--nonsense"],
        ["walk"],
        ["check", "twice"],
        ["backup"],
        ["backup", "a", "b"],
        ["copy-database", "a"],
        ["erase-all", "now"],
    ],
)
def test_wrong_usage(arguments: list[str], tmp_path: Path) -> None:
    ended = run_here(complete_settings(tmp_path), tmp_path, *arguments)
    assert (ended.code, ended.out, len(ended.err)) == (2, [], 1)
    assert "--help" in ended.err[0]


def test_the_answers_for_discords_review_come_from_the_settings_and_hold_no_secret(tmp_path: Path) -> None:
    secrets = {"DATABASE_URL": "postgresql://me:not-to-be-seen@db.example/bot", "CHATBASE_API_KEY": "not-to-be-seen"}
    settings = complete_settings(tmp_path) | secrets | {"PRIVACY_URL": "https://host.example/privacy"}
    ended = run_here(settings, tmp_path, "review-answers")
    printed = " ".join(ended.out)
    assert (ended.code, ended.err) == (0, [])
    assert "In a PostgreSQL database: " in printed
    assert "db.example" in printed
    assert "https://host.example/privacy" in printed
    assert "nothing to apply for" in printed
    assert "SECRET_KEY is not set" in printed
    keyed = run_here(settings | {"SECRET_KEY": new_key()}, tmp_path, "review-answers")
    assert "are encrypted (AES-256-GCM" in " ".join(keyed.out)
    assert "not-to-be-seen" not in printed
    assert settings["DISCORD_TOKEN"] not in printed
    assert list(tmp_path.iterdir()) == []
    _expect_one_line(run_here({}, tmp_path, "review-answers"), "DISCORD_TOKEN")


def test_a_new_key_is_printed_alone_and_needs_no_settings(tmp_path: Path) -> None:
    ended = [run_here({}, tmp_path, "new-key") for _ in range(2)]
    assert [(each.code, len(each.out), each.err) for each in ended] == [(0, 1, [])] * 2
    assert ended[0].out != ended[1].out
    assert list(tmp_path.iterdir()) == []
    settings = complete_settings(tmp_path) | {"SECRET_KEY": ended[0].out[0], "LOG_LEVEL": "loud"}
    _expect_one_line(run_here(settings, tmp_path), "LOG_LEVEL")


def test_help_needs_no_settings(tmp_path: Path) -> None:
    ended = run_here({}, tmp_path, "--help")
    assert (ended.code, ended.err) == (0, [])
    printed = " ".join(ended.out)
    assert ended.out[0].startswith("usage: python -m bot ")
    assert all(
        f" {command} " in printed
        for command in ("run", "check", "backup", "copy-database", "erase-all", "review-answers")
    )


def test_an_env_file_saved_on_windows(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfexport LOG_LEVEL=loud\r\n")
    _expect_one_line(run_here(complete_settings(tmp_path), tmp_path), "LOG_LEVEL")


@pytest.mark.parametrize("written", [b"BOT_DEVELOPER=Ren\xe9\n", "LOG_LEVEL=INFO\n".encode("utf-16")])
def test_an_env_file_that_is_not_utf_8(tmp_path: Path, written: bytes) -> None:
    (tmp_path / ".env").write_bytes(written)
    _expect_one_line(run_here(complete_settings(tmp_path), tmp_path), ".env")


def test_an_env_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    _expect_one_line(run_here(complete_settings(tmp_path), tmp_path), ".env")


async def test_a_token_that_discord_refuses(env: Environment) -> None:
    ended = await run(env.bot_settings() | {"DISCORD_TOKEN": PASSWORD}, env.folder)
    assert ended.seconds < REFUSAL_SECONDS
    _expect_one_line(ended, "DISCORD_TOKEN")


@pytest.mark.parametrize("where", ["the gateway", "the gateway's address"])
async def test_a_token_that_discord_refuses_later(env: Environment, where: str) -> None:
    if where == "the gateway":
        env.discord.gateway.breaks.identify = breaks.close(4004)
    else:
        env.discord.fail_next("GET", "/gateway/bot", 401)
    ended = await run(env.bot_settings(), env.folder)
    assert ended.seconds < REFUSAL_SECONDS
    _expect_one_line(ended, "DISCORD_TOKEN")
    assert ended.holds_none_of([env.app.token])


async def test_an_intent_that_the_application_lacks(env: Environment) -> None:
    ended = await run(env.bot_settings() | {"MESSAGE_CONTENT_INTENT": "true"}, env.folder)
    assert ended.seconds < REFUSAL_SECONDS
    _expect_one_line(ended, "MESSAGE_CONTENT_INTENT")
    assert ended.holds_none_of([env.app.token])
