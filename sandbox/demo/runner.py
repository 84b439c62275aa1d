"""`python -m sandbox --script`: plays a conversation through the real bot, prints it, and checks every step."""

import asyncio
from collections.abc import Callable, Sequence

from sandbox.console import Ink, Paper
from sandbox.demo.driver import PATIENCE, BotGone, Dialogue, Wrong, expect
from sandbox.demo.steps import SCENES, Play, Scene
from sandbox.environment import BotNotReady, Stage, open_stage

THINK, PAUSE = 0.3, 0.04
"""Seconds that the chat APIs wait before an answer and between the words of a stream: as fast as the real ones."""

SCENE_SECONDS = 60.0
"""No scene takes longer than this, whatever happens; all of them together take about 20 s."""

INTRODUCTION = (
    "This is Switchboard, the real bot in a process of its own, connected to a local Discord and to local stand-ins "
    "for its four chat APIs. Nothing leaves this machine. The server “Home” has two channels, #general and #games, "
    "and two people: alice, who manages it, and bob. Times are seconds since the question."
)


async def play_script(
    paper: Paper,
    scenes: Sequence[Scene] = SCENES,
    *,
    prepare: Callable[[Stage], None] | None = None,
    patience: float = PATIENCE,
) -> int:
    """Play the scenes, and return the exit code: 0 only if every step was right.

    `prepare` may change the stage before the bot starts, as tests do; `patience` is `Dialogue`'s.
    """
    paper.text(INTRODUCTION)
    async with open_stage(think=THINK, pause=PAUSE) as stage:
        if prepare is not None:
            prepare(stage)
        try:
            seconds = await stage.start_bot()
        except BotNotReady as error:
            _tell_log(paper, error.reason, error.log)
            return 1
        commands = sum(1 for _ in stage.app.commands_in(None))
        paper.line(f"The bot is ready after {seconds:.1f} s and has registered {commands} commands.")
        return await _play_all(paper, Play(Dialogue(stage, paper, patience)), scenes)


async def _play_all(paper: Paper, play: Play, scenes: Sequence[Scene]) -> int:
    steps = [*scenes, Scene("The bot is stopped", _stop)]
    right = 0
    for number, scene in enumerate(steps, 1):
        paper.line()
        paper.line(f"{number}. {scene.title}", Ink.BOLD)
        try:
            right += await _play_one(paper, play, scene)
        except (BotGone, BotNotReady) as error:
            reason = error.reason if isinstance(error, BotNotReady) else f"the bot ended with exit code {error.code}"
            _tell_log(paper, reason, play.stage.last_lines())
            break
    paper.line()
    well = right == len(steps)
    paper.line(f"{right} of {len(steps)} steps were right.", Ink.GOOD if well else Ink.BAD)
    return 0 if well else 1


async def _play_one(paper: Paper, play: Play, scene: Scene) -> bool:
    """Play a scene, print whether it was right, and return that."""
    faults = _Faults(play.stage)
    try:
        async with asyncio.timeout(SCENE_SECONDS):
            proved = await scene.play(play)
        faults.check()
    except Wrong as wrong:
        _tell_wrong(paper, wrong)
        return False
    except TimeoutError:
        paper.text(f"did not come to its end within {SCENE_SECONDS:g} s", Ink.BAD, first="   ✗ WRONG: ", then="     ")
        return False
    except (BotGone, BotNotReady):
        raise
    except Exception as error:  # noqa: BLE001 - whatever a scene trips over, the others are played all the same
        _tell_wrong(paper, Wrong("an error", "none", f"{type(error).__name__}: {error}"))
        return False
    paper.text(proved, Ink.GOOD, first="   ✓ right: ", then="     ")
    return True


async def _stop(play: Play) -> str:
    """Stop the bot, and look back: nobody could have been pinged who had not asked."""
    expect("the bot's exit code", 0, await play.stage.stop_bot())
    for method in ("POST", "PATCH"):
        for request in play.stage.discord.requests.to(method, "/messages"):
            mentions = (request.body or {}).get("allowed_mentions", {})
            expect("`allowed_mentions.parse` of a message", [], mentions.get("parse"))
    return "exit code 0; no message of all these could have pinged anybody but its asker"


class _Faults:
    """What must not happen in any scene: refused requests, requests that no document describes, rate limits."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._before = self._all()

    def check(self) -> None:
        """Raise `Wrong` where something of that kind happened since."""
        expect("what Discord and the chat APIs had to refuse", [], self._all()[len(self._before) :])

    def _all(self) -> list[str]:
        discord, apis = self._stage.discord, self._stage.apis.all
        return [
            *(f"unknown to Discord: {route}" for route in discord.unknown_routes),
            *(f"429: {request.method} {request.route}" for request in discord.rate_limited),
            *(f"unknown to {api.name}: {stray.method} {stray.path}" for api in apis for stray in api.strays),
            *(f"{api.name}: {received.refused}" for api in apis for received in api.received if received.refused),
        ]


def _tell_wrong(paper: Paper, wrong: Wrong) -> None:
    paper.text(wrong.what, Ink.BAD, first="   ✗ WRONG: ", then="     ")
    paper.text(str(wrong.expected), Ink.BAD, first="     expected: ", then="       ")
    paper.text(str(wrong.came), Ink.BAD, first="     came:     ", then="       ")


def _tell_log(paper: Paper, reason: str, log: Sequence[str]) -> None:
    paper.text(f"{reason[0].upper()}{reason[1:]}. The end of its log:", Ink.BAD)
    for line in log:
        paper.line(f"   {line}")
