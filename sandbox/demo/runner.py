"""`python -m sandbox --script`: plays a conversation through the real bot, prints it, and checks every step."""

import asyncio
from collections.abc import Callable, Sequence

from sandbox.console import Console, Style
from sandbox.demo.driver import MAX_WAIT, BotExited, CheckFailed, Driver, expect
from sandbox.demo.script import Script, Step
from sandbox.demo.steps import STEPS
from sandbox.environment import BotNotReady, Environment, open_environment

THINK, PAUSE = 0.3, 0.04
"""Seconds that the chat APIs wait before an answer and between the words of a stream: as fast as the real ones."""

STEP_SECONDS = 60.0
"""No step takes longer than this; all of them together take about 20 s."""

INTRODUCTION = (
    "This is Switchboard, the real bot in a process of its own, connected to a local Discord and to local stand-ins "
    "for its five chat APIs. Nothing leaves this machine. The server “Home” has two channels, #general and #games, "
    "and two people: alice, who owns it, and bob. Times are in seconds since the question."
)


async def run_script(
    console: Console,
    steps: Sequence[Step] = STEPS,
    *,
    prepare: Callable[[Environment], None] | None = None,
    max_wait: float = MAX_WAIT,
) -> int:
    """Run the steps, and return the exit code: 0 only if every step passed.

    `prepare` may change the environment before the bot starts, as tests do; `max_wait` is `Driver`'s.
    """
    console.text(INTRODUCTION)
    async with open_environment(think=THINK, pause=PAUSE) as env:
        if prepare is not None:
            prepare(env)
        try:
            seconds = await env.start_bot()
        except BotNotReady as error:
            _tell_log(console, error.reason, error.log)
            return 1
        commands = sum(1 for _ in env.app.commands_in(None))
        console.line(f"The bot is ready after {seconds:.1f} s and has registered {commands} commands.")
        return await _run_all(console, Script(Driver(env, console, max_wait)), steps)


async def _run_all(console: Console, script: Script, steps: Sequence[Step]) -> int:
    steps = [*steps, Step("Stopping the bot", _stop)]
    right = 0
    for number, step in enumerate(steps, 1):
        console.line()
        console.line(f"{number}. {step.title}", Style.BOLD)
        try:
            right += await _run_step(console, script, step)
        except (BotExited, BotNotReady) as error:
            reason = error.reason if isinstance(error, BotNotReady) else f"the bot exited with code {error.code}"
            _tell_log(console, reason, script.env.last_lines())
            break
    console.line()
    well = right == len(steps)
    console.line(f"{right} of {len(steps)} steps passed.", Style.GOOD if well else Style.BAD)
    return 0 if well else 1


async def _run_step(console: Console, script: Script, step: Step) -> bool:
    """Run a step, print whether it was right, and return that."""
    faults = _RefusedRequests(script.env)
    try:
        async with asyncio.timeout(STEP_SECONDS):
            proved = await step.run(script)
        faults.check()
    except CheckFailed as wrong:
        _tell_wrong(console, wrong)
        return False
    except TimeoutError:
        console.text(f"did not finish within {STEP_SECONDS:g} s", Style.BAD, first="   ✗ FAILED: ", then="     ")
        return False
    except (BotExited, BotNotReady):
        raise
    except Exception as error:  # noqa: BLE001 - one step's bug does not keep the others from running
        _tell_wrong(console, CheckFailed("an error", "none", f"{type(error).__name__}: {error}"))
        return False
    console.text(proved, Style.GOOD, first="   ✓ OK: ", then="     ")
    return True


async def _stop(script: Script) -> str:
    """Stop the bot, and check that no message could have pinged anyone but the person who asked."""
    expect("the bot's exit code", 0, await script.env.stop_bot())
    for method in ("POST", "PATCH"):
        for request in script.env.discord.requests.to(method, "/messages"):
            mentions = (request.body or {}).get("allowed_mentions", {})
            expect("`allowed_mentions.parse` of a message", [], mentions.get("parse"))
    return "exit code 0; no message could have pinged anyone but the person who asked"


class _RefusedRequests:
    """What no step may cause: refused requests, undocumented requests, rate limits."""

    def __init__(self, env: Environment) -> None:
        self._env = env
        self._before = self._all()

    def check(self) -> None:
        """Raise `CheckFailed` if any request was refused since then."""
        expect("requests that Discord or the chat APIs refused", [], self._all()[len(self._before) :])

    def _all(self) -> list[str]:
        discord, apis = self._env.discord, self._env.apis.all
        return [
            *(f"unknown to Discord: {route}" for route in discord.unknown_routes),
            *(f"429: {request.method} {request.route}" for request in discord.rate_limited),
            *(f"unknown to {api.name}: {stray.method} {stray.path}" for api in apis for stray in api.strays),
            *(f"{api.name}: {received.refused}" for api in apis for received in api.received if received.refused),
        ]


def _tell_wrong(console: Console, wrong: CheckFailed) -> None:
    console.text(wrong.what, Style.BAD, first="   ✗ FAILED: ", then="     ")
    console.text(str(wrong.expected), Style.BAD, first="     expected: ", then="       ")
    console.text(str(wrong.got), Style.BAD, first="     got:      ", then="       ")


def _tell_log(console: Console, reason: str, log: Sequence[str]) -> None:
    console.text(f"{reason[0].upper()}{reason[1:]}. The end of its log:", Style.BAD)
    for line in log:
        console.line(f"   {line}")
