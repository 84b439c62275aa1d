"""A run that gives anything away fails, and its report does not repeat what that was."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.log_privacy_plugin.hidden import Hidden
from tests.log_privacy_plugin.sources import CALLED, MADE, PROCESS

ROOT = Path(__file__).resolve().parents[2]

LEAKY = """
import logging, sys
import pytest
from bot.domain.conversation import NewTurn
from bot.domain.conversation_key import ConversationKey
from bot.domain.question import Location, Question
from pydantic import SecretStr
from sandbox.apis import Apis
from sandbox.discord import Discord
from sandbox.bot_process import BotProcess

log = logging.getLogger("bot.answering.leaky")

def ask(text):
    return Question(id=1, location=Location(1, 1, None), asker=1, text=text)

def test_a_question():
    log.debug("asked: %s", ask("where the blue treasure lies").text)

def test_an_answer_of_a_library():
    turn = NewTurn("chatbase", None, ConversationKey(1), 1, "?", "beneath the old lighthouse, of course", "c", 1)
    logging.getLogger("aiohttp.client").warning("got %r", turn.answer[8:])

def test_a_key_in_an_exception():
    secret = SecretStr("hunter2-hunter2")
    try:
        raise ConnectionError(f"refused ?key={secret.get_secret_value()}")
    except ConnectionError:
        log.exception("failed")

async def test_a_member_of_the_sandbox():
    async with Discord() as discord, Apis() as apis:
        alice = discord.create_user("alice")
        app = discord.create_application("Switchboard")
        channel = discord.create_guild("Home", alice).add_text_channel("general")
        message = await alice.say(channel, "nobody must ever know about this")
        log.debug("%s", message.content)
        log.debug("%s", app.token)
        log.debug("%s", apis.stammer.api_token)

async def test_a_process(tmp_path):
    code = "import os; print(os.environ['LOG_LEVEL'], os.environ['DISCORD_TOKEN'])"
    (tmp_path / "talker.py").write_text(code)
    settings = {"DISCORD_TOKEN": "one-two-three-four", "PYTHONPATH": str(tmp_path)}
    process = await BotProcess.start(settings, tmp_path, module="talker")
    await process.ended(20)
    assert process.out[0] == "DEBUG one-two-three-four"

@pytest.mark.indiscreet
def test_on_purpose():
    log.debug("asked: %s", ask("an innocent question this time").text)
"""

DISCREET = """
import logging
from bot.domain.question import Location, Question

def test_nothing():
    question = Question(id=1, location=Location(1, 1, None), asker=1, text="where the blue treasure lies")
    logging.getLogger("bot").debug("question %d has %d characters", question.id, len(question.text))
"""

LEAKS = {
    ("bot.answering.leaky", "a question", "test_a_question"),
    ("aiohttp.client", "an answer", "test_an_answer_of_a_library"),
    ("bot.answering.leaky", "a configured secret", "test_a_key_in_an_exception"),
    ("bot.answering.leaky", "a message", "test_a_member_of_the_sandbox"),
    ("bot.answering.leaky", "a bot's token", "test_a_member_of_the_sandbox"),
    ("bot.answering.leaky", "a secret of stammer's", "test_a_member_of_the_sandbox"),
    ("(none)", "the value of DISCORD_TOKEN", "test_a_process"),
}


def run(folder: Path, code: str, *, workers: int) -> tuple[int, list[str]]:
    """Run tests in a process of their own, and return the exit code and what was printed."""
    (folder / "test_them.py").write_text(code)
    needed = (
        "tests.log_privacy_plugin.plugin",
        "xdist.plugin",
        "pytest_asyncio.plugin",
        "pytest_timeout",
        "no:cacheprovider",
    )
    plugins = [option for name in needed for option in ("-p", name)]
    options = [*plugins, "-n", str(workers), "--rootdir", str(folder)]
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), *options, str(folder)]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # others take seconds to be imported
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=55, check=False)
    return ended.returncode, ended.stdout.splitlines()


def test_a_run_that_gives_something_away_fails_and_does_not_repeat_it(tmp_path: Path) -> None:
    code, printed = run(tmp_path, LEAKY, workers=1)
    report = [line for line in printed if " logged " in line]
    assert code == pytest.ExitCode.TESTS_FAILED
    assert "6 passed" in printed[-1]
    for logger, kind, test in LEAKS:
        assert [line for line in report if line.startswith(f"{logger} logged {kind} at ") and line.endswith(test)]
    assert len(report) == len(LEAKS)
    for word in ("treasure", "lighthouse", "hunter2", "nobody", "three", "innocent"):
        assert not [line for line in printed if word in line]


def test_this_run_is_watched_too(request: pytest.FixtureRequest) -> None:
    assert request.config.pluginmanager.hasplugin("discretion")


@pytest.mark.parametrize("name", [*MADE, *CALLED, PROCESS])
def test_everything_that_is_to_be_watched_is_there(name: str) -> None:
    module, _, kind = name.partition(":")
    assert isinstance(getattr(importlib.import_module(module), kind), type)


def test_a_run_that_keeps_everything_to_itself_passes(tmp_path: Path) -> None:
    code, printed = run(tmp_path, DISCREET, workers=0)
    assert code == pytest.ExitCode.OK
    assert not [line for line in printed if "logged" in line]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("where the blue treasure lies", "asked: where the blue trea…"),
        ("where the blue treasure lies", "the end of it: blue treasure lies"),
        ("where the blue\n treasure lies", "'where the blue\\n treasure lies'"),
        ("where the blue treasure lies", "GET /?q=where+the%20blue+treasure+lies"),
        ("où est le trésor bleu?", '{"q": "o\\u00f9 est le tr\\u00e9sor bleu?"}'),
        ("Treasures!", "asked: Treasures!"),
        ('data: {"text": "where the "}\ndata: {"text": "blue treasure"}', "where the blue treasure"),
        ('{"data": {"answer": ["where the blue treasure lies"]}}', "said: where the blue treasure lies"),
    ],
)
def test_texts_are_found_in_every_form(text: str, line: str) -> None:
    hidden = Hidden()
    hidden.add_texts(text, "a text")
    assert hidden.kinds_in(line) == {"a text"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Unauthorized", "question 1 answered by tamako: Unauthorized"),
        ("tamako, chatbase, chatb", "Settings: OK. Configured: tamako, chatbase, chatbase-v2; default: tamako."),
        ("hello", "hello from the log"),
        ("<@123456789012345678> hello", "question 123456789012345678 answered"),
        ("see https://discord.com/channels/1/2", "logged in at https://discord.com/channels/1/2"),
        ("where the blue treasure lies", "where the red treasure lies"),
        ("question 10", "question 1001 answered"),
        ("2026-01-01 00:00:00", "2026-01-01 00:00:00 all is well"),
    ],
)
def test_what_everybody_says_is_not_taken_for_a_text(text: str, line: str) -> None:
    hidden = Hidden()
    hidden.add_texts(text, "a text")
    assert hidden.kinds_in(line) == set()
