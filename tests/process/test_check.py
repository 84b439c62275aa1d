"""`python -m bot check`: a line for each thing, the exit code, no question asked and nothing given away."""

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command

from bot.crypto.keys import new_key
from bot.crypto.opening import open_cipher
from bot.diagnostics.permissions import INVITED
from bot.store.addresses.urls import parse_url
from bot.store.engine import open_engine
from bot.store.open import open_store
from bot.store.upgrade import alembic_config
from sandbox.discord import Permission
from sandbox.environment import Environment
from tests.fakes.damaged_files import scribble_over_an_index, zero
from tests.process.bot_runs import Ended, check_here, run

WRONG = "wrong-and-not-to-be-seen"


async def _check(env: Environment, **settings: str) -> Ended:
    """Run the check, without a process of its own."""
    return _judge(env, await check_here(env.bot_settings() | settings))


def _judge(env: Environment, ended: Ended) -> Ended:
    """See that a check neither connected, nor asked, nor printed a secret."""
    assert ended.err == []
    assert env.app.readies == 0
    assert not env.discord.requests.to("GET", "/gateway")
    asked = [received for api in env.apis.all for received in api.received if received.method == "POST"]
    assert asked == env.apis.tamako.received == []
    secrets = [secret for api in env.apis.all for secret in api.secrets]
    assert ended.holds_none_of([env.app.token, WRONG, *secrets])
    return ended


def _line(ended: Ended, beginning: str) -> str:
    (line,) = (line for line in ended.out if line.startswith(beginning))
    return line


async def test_all_is_well(env: Environment) -> None:
    ended = _judge(env, await run(env.bot_settings(), env.folder, "check"))
    assert ended.code == 0, ended
    for title in ("Settings", "Database", "Discord", "Servers", "Chatbase", "Stammer.ai", "ChatBot.com"):
        assert _line(ended, f"{title}: OK. ")
    assert "none yet" in _line(ended, "Database: OK. ")
    assert not (env.folder / "switchboard.db").exists()
    assert "not checked" in _line(ended, "Tamako: note. ")
    assert "text commands by prefix" in _line(ended, "Message content intent: note. ")
    assert "none yet" in _line(ended, "Commands: note. ")
    assert _line(ended, "Invite link: ").endswith(
        f"?client_id={env.app.id}&scope=bot+applications.commands&permissions={INVITED}"
    )
    assert len(ended.out) == 15


async def test_it_says_who_may_use_the_bot(env: Environment) -> None:
    ended = await _check(env)
    assert "Everybody who can invite me may use me" in _line(ended, "Who may use me: note. ")
    assert "PRIVACY_URL is not set" in _line(ended, "Settings: note. ")
    limits = {"ALLOWED_SERVERS": "1", "BLOCKED_SERVERS": f"{env.guild.id}, 5", "BLOCKED_USERS": "6"}
    ended = await _check(env, PRIVACY_URL="https://host.example/privacy", **limits)
    assert ended.code == 0
    line = _line(ended, "Who may use me: OK. ")
    assert "Allowed: 1 server, 2 servers blocked, 1 person blocked." in line
    line = _line(ended, "Who may use me: warning. ")
    assert "I'm in 1 server that you don't allow, and leave at my next start: Home." in line
    assert "PRIVACY_URL" not in " ".join(ended.out)


async def test_it_says_how_texts_are_encrypted(env: Environment) -> None:
    url, (first, second) = env.bot_settings()["DATABASE_URL"], (new_key(), new_key())

    async def told(key: str | None, status: str) -> str:
        ended = await _check(env, **({} if key is None else {"SECRET_KEY": key}))
        assert ended.code == (1 if status == "error" else 0)
        assert ended.holds_none_of([first, second])
        return _line(ended, f"Encryption: {status}. ")

    async def store(key: str | None, name: str) -> None:
        async with open_store(url, cipher=open_cipher(key)) as stores:
            await stores.encryption.begin()
            await stores.server_settings.save("server", 1, 1, "name", name)

    note = await told(None, "note")
    assert "SECRET_KEY is not set" in note
    assert "python -m bot new-key" in note
    assert await told(first, "OK")
    await store(None, "Moss & Fern")
    assert "python -m bot encrypt-texts" in await told(first, "warning")
    await store(first, "Moss & Lichen")
    assert await told(first, "OK")
    assert "but SECRET_KEY is not set" in await told(None, "error")
    assert "not in SECRET_KEY" in await told(second, "error")
    assert await told(f"{second},{first}", "OK")


async def test_keys_that_others_can_read_are_told_with_the_remedy(env: Environment) -> None:
    file = env.folder / ".env"
    file.write_text("LOG_LEVEL=ERROR\n")
    file.chmod(0o644)
    ended = _judge(env, await run(env.bot_settings(), env.folder, "check"))
    assert ended.code == 0, "a warning"
    assert "chmod 600 .env" in _line(ended, "Settings: warning. ")
    file.chmod(0o600)
    ended = _judge(env, await run(env.bot_settings(), env.folder, "check"))
    assert not any("chmod" in line for line in ended.out)


@pytest.mark.parametrize(
    ("setting", "value", "title", "part"),
    [
        ("DISCORD_TOKEN", WRONG, "Discord", "DISCORD_TOKEN"),
        ("DISCORD_API_URL", "http://127.0.0.1:9", "Discord", "can't be reached"),
        ("DATABASE_URL", f"postgresql://me:{WRONG}@127.0.0.1:9/bot", "Database", "cannot be opened"),
        ("MESSAGE_CONTENT_INTENT", "true", "Message content intent", "developer portal"),
        ("CHATBASE_API_KEY", WRONG, "Chatbase", "API key"),
        ("CHATBASE_CHATBOT_ID", "another", "Chatbase", "can't find this chatbot"),
        ("CHATBASE_V2_API_KEY", WRONG, "Chatbase v2", "API key"),
        ("CHATBASE_V2_AGENT_ID", "another", "Chatbase v2", "can't find this chatbot"),
        ("STAMMER_API_TOKEN", WRONG, "Stammer.ai", "API key"),
        ("CHATBOT_DEVELOPER_TOKEN", WRONG, "ChatBot.com", "API key"),
        ("CHATBOT_API_URL", "http://127.0.0.1:9", "ChatBot.com", "can't be reached"),
    ],
)
async def test_one_thing_is_wrong(env: Environment, setting: str, value: str, title: str, part: str) -> None:
    ended = await _check(env, **{setting: value})
    assert ended.code == 1
    assert part in _line(ended, f"{title}: error. ")
    # The others are tried all the same; of a Discord that tells nothing there is one line instead of five.
    assert len(ended.out) == (11 if title == "Discord" else 15)
    assert sum(": error. " in line for line in ended.out) == 1


async def test_a_database_is_tried_and_left_as_it_is(env: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    url = env.bot_settings()["DATABASE_URL"]
    async with open_engine(parse_url(url), max_wait=5, enforce_links=False) as engine:
        await engine.run(lambda db: command.upgrade(alembic_config(db), "0004"), writes=True)
    assert "older version" in _line(await _check(env), "Database: note. ")
    assert "older version" in _line(await _check(env), "Database: note. ")  # the first has not changed it
    async with open_store(url):
        pass
    assert "Working" in _line(await _check(env), "Database: OK. ")
    assert [each.name for each in env.folder.iterdir() if "owner" in each.name] == []

    def refuse(*_: object) -> None:
        raise PermissionError("no lock for you")

    monkeypatch.setattr("bot.store.leases.sqlite.SqliteLease.__init__", refuse)
    ended = await _check(env)
    assert "no lock for you" in _line(ended, "Database: error. ")
    assert ended.code == 1


@pytest.mark.parametrize("damage", [zero, scribble_over_an_index])
async def test_damage_in_the_middle_of_the_file_is_an_error(env: Environment, damage: Callable[[Path], None]) -> None:
    url = env.bot_settings()["DATABASE_URL"]
    async with open_store(url):
        pass
    assert "Working" in (line := _line(await _check(env), "Database: OK. "))
    assert "I found no damage in its file." in line
    damage(Path(url.removeprefix("sqlite:///")))
    ended = await _check(env)
    assert "restore a backup" in _line(ended, "Database: error. It's damaged")
    assert ended.code == 1


@pytest.mark.parametrize(("status", "level"), [("training", "warning"), ("failed", "error")])
async def test_a_chatbot_that_cannot_answer_yet(env: Environment, status: str, level: str) -> None:
    env.apis.chatbase.chatbot_status = status
    ended = await _check(env)
    assert "training" in _line(ended, f"Chatbase: {level}. ")
    assert ended.code == (level == "error")


async def test_what_may_be_meant_is_a_warning(env: Environment) -> None:
    env.guild.everyone.set_permissions(Permission.VIEW_CHANNEL)
    env.guild.member(env.app.bot).set_roles([])
    ended = await _check(env, STAMMER_API_TOKEN="")
    assert ended.code == 0
    assert "STAMMER_API_TOKEN" in _line(ended, "Settings: warning. ")
    assert "in Home Send Messages, Send Messages in Threads" in _line(ended, "Servers: warning. ")


@pytest.mark.parametrize(("retry_after", "when"), [(20, "20 seconds"), (3600, "60 minutes")])
async def test_a_discord_that_is_asked_too_often_says_when_to_try_again(
    env: Environment, retry_after: float, when: str
) -> None:
    env.discord.rate_limit("GET", "/users/@me", retry_after, times=1)
    ended = _judge(env, await run(env.bot_settings(), env.folder, "check"))
    assert ended.code == 1
    line = _line(ended, "Discord: error. ")
    assert "asked too often" in line
    assert line.endswith(f"Try again in {when}.")


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"SHARD_COUNT": "4"}, "This one would run shards 0 to 3 of 4."),
        ({"SHARD_COUNT": "1"}, "This one would run shard 0 of 1."),
    ],
)
async def test_it_says_which_shards_a_start_would_run(env: Environment, settings: dict[str, str], line: str) -> None:
    assert _line(await _check(env, **settings), "Processes: note. ").endswith(line)
    assert not any(line.startswith("Processes") for line in (await _check(env)).out)


async def test_it_says_which_processes_run(env: Environment) -> None:
    await env.start_bot()
    running = env.app.readies
    ended = await check_here(env.bot_settings())
    assert ended.code == 0
    line = next(line for line in ended.out if line.startswith("Processes: note. "))
    assert "Running now: 1 (running)." in line
    assert "it takes its shards over" in line
    assert env.app.readies == running
    await env.stop_bot()
    assert not any(line.startswith("Processes") for line in (await check_here(env.bot_settings())).out)
