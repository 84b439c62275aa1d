"""`python -m sandbox`: the conversation comes out right, what is wrong is noticed, and everything ends well."""

import asyncio
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import StringIO
from pathlib import Path

import pytest

from sandbox.apis import Silent
from sandbox.console import WIDTH, Console, Style
from sandbox.demo.runner import run_script
from sandbox.demo.script import Script, Step
from sandbox.demo.steps import STEPS, ask_stammer, remember
from sandbox.environment import Environment

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.timeout(120)


@asynccontextmanager
async def _sandbox(*arguments: str) -> AsyncIterator[Process]:
    command = [sys.executable, "-m", "sandbox", *arguments]
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE, cwd=ROOT)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _printed(process: Process, part: str, limit: float = 30) -> str:
    """Return the first line on standard output that holds `part`."""
    assert process.stdout is not None
    async with asyncio.timeout(limit):
        async for line in process.stdout:
            if part in line.decode():
                return line.decode()
    raise AssertionError(f"ended without {part!r}")


async def test_the_script_comes_out_right() -> None:
    async with _sandbox("--script") as process, asyncio.timeout(90):
        out, err = await process.communicate()
    assert (process.returncode, err) == (0, b"")
    lines = out.decode().splitlines()
    steps = len(STEPS) + 1
    assert lines[-1] == f"{steps} of {steps} steps passed."
    assert max(map(len, lines)) <= WIDTH
    assert "\x1b" not in out.decode()
    first = lines[lines.index(f"1. {STEPS[0].title}") : lines.index(f"2. {STEPS[1].title}")]
    sizes = [int(found[1]) for line in first if (found := re.search(r"(\d+) characters", line))]
    assert len(set(sizes)) >= 4
    assert sizes == sorted(sizes)


async def _play(*steps: Step, max_wait: float = 12.0, **sabotage: object) -> tuple[int, str]:
    printed = StringIO()
    code = await run_script(Console(printed), steps, max_wait=max_wait, **sabotage)  # type: ignore[arg-type]
    return code, printed.getvalue()


async def test_an_answer_that_is_not_what_was_asked_for_is_wrong() -> None:
    def talk_nonsense(env: Environment) -> None:
        env.apis.chatbase.answers("Nothing of the kind.")

    async def greet(script: Script) -> str:
        await script.ask_chatbase(script.env.alice, script.env.general, "Good morning")
        return "greeted"

    code, printed = await _play(Step("A greeting", greet), Step("Memory", remember), prepare=talk_nonsense)
    assert code == 1
    assert printed.endswith("2 of 3 steps passed.\n")
    assert "expected: one that quotes “Good morning”" in printed
    assert "got:      Nothing of the kind." in printed


async def test_an_answer_that_does_not_come_is_wrong_and_holds_nobody_up() -> None:
    silent = Silent()

    async def ask_a_silent_api(script: Script) -> str:
        script.env.apis.stammer.fails(silent)
        try:
            return await ask_stammer(script)
        finally:
            silent.release()

    code, printed = await _play(Step("Silence", ask_a_silent_api), max_wait=0.5)
    assert code == 1
    assert "expected: an answer of stammer, which is not finished" in printed


async def test_a_request_that_a_chat_api_refuses_is_wrong() -> None:
    def change_the_key(env: Environment) -> None:
        environment = env.apis.stammer.environment()
        env.apis.stammer.api_token = "another"
        env.settings |= environment

    code, printed = await _play(Step("Refused", ask_stammer), max_wait=0.5, prepare=change_the_key)
    assert code == 1
    assert "✗ FAILED" in printed


async def test_a_bot_that_dies_is_told_with_its_log() -> None:
    async def kill(script: Script) -> str:
        assert script.env.bot is not None
        await script.env.bot.kill()
        await script.ask_chatbase(script.env.alice, script.env.general, "Are you there?")
        return "nobody is there"

    code, printed = await _play(Step("Death", kill))
    assert code == 1
    assert "The bot exited with code -9. The end of its log:" in printed
    assert printed.endswith("0 of 2 steps passed.\n")


async def test_a_bot_that_does_not_start_is_told_with_its_log() -> None:
    def break_a_setting(env: Environment) -> None:
        env.settings["LOG_LEVEL"] = "loud"

    code, printed = await _play(prepare=break_a_setting)
    assert code == 1
    assert "The bot exited with code 1" in printed
    assert "LOG_LEVEL" in printed


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_the_sandbox_runs_until_it_is_told_to_stop(number: signal.Signals) -> None:
    async with _sandbox() as process:
        await _printed(process, "DISCORD_API_URL=http://127.0.0.1:")
        await _printed(process, "Talk to it in your browser:")
        assert re.fullmatch(r" +http://127\.0\.0\.1:\d+/[\w-]{32}/\n", await _printed(process, "http://127.0.0.1:"))
        process.send_signal(number)
        async with asyncio.timeout(20):
            out, err = await process.communicate()
    assert (process.returncode, err) == (0, b"")
    assert b"stopping" in out  # the bot was stopped, not left behind


async def test_the_script_ends_early_where_it_is_told_to() -> None:
    async with _sandbox("--script") as process:
        await _printed(process, "The bot is ready")
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(20):
            _, err = await process.communicate()
    assert (process.returncode, err) == (128 + signal.SIGINT, b"")


class Terminal(StringIO):
    """Says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("out", "environment", "coloured"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (StringIO(), {}, False),
    ],
)
def test_colour_is_for_terminals_only(out: StringIO, environment: dict[str, str], coloured: bool) -> None:
    Console.facing(out, environment).line("well", Style.GOOD)
    assert out.getvalue() == ("\x1b[32mwell\x1b[0m\n" if coloured else "well\n")


def test_long_lines_are_wrapped_and_empty_ones_kept() -> None:
    out = StringIO()
    Console(out).text(f"{'word ' * 30}\n\n    code", first="bot | ", then="    | ")
    lines = out.getvalue().splitlines()
    assert [line.split("|")[0] for line in lines] == ["bot ", "    ", "    ", "    "]
    assert lines[2:] == ["    |", "    |     code"]
    assert max(map(len, lines)) <= WIDTH


async def test_help_and_wrong_usage() -> None:
    async with _sandbox("--help") as process:
        out, err = await process.communicate()
        assert (process.returncode, err) == (0, b"")
        assert b"--script" in out
    async with _sandbox("--scripted") as process:
        out, err = await process.communicate()
        assert (process.returncode, out, err.count(b"\n")) == (2, b"", 1)
