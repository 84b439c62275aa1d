"""Who may steer an answer: its asker everywhere, and who manages messages where it stands, whatever an id says."""

import re
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.discord.buttons.answer_buttons import AnswerButton
from bot.discord.buttons.control_buttons import CONTROL_ID
from bot.discord.recent_events import SeenEvents
from bot.domain.question import Location

ASKER, OTHER = 1, 2
SERVER, CHANNEL, ELSEWHERE = 7, 55, 56
PLACE = Location(CHANNEL, CHANNEL, SERVER)


class Pressed:
    """As much of an interaction, and of the bot behind it, as a press on the pager's or the Stop button takes."""

    def __init__(self, presser: int, channel: int, server: int | None, *, manages: bool) -> None:
        self.told: list[str] = []
        self.steered: list[str] = []
        self.breaks = False
        answer = SimpleNamespace(asker=ASKER, location=PLACE)
        attempt = SimpleNamespace(question=answer)
        answer_actions = SimpleNamespace(
            find=self._returning(answer),
            running=lambda _: attempt,
            stop=lambda _: self.steered.append("stop"),
            show_version=self._answer_actions,
        )
        self.interaction = SimpleNamespace(
            id=99,
            user=SimpleNamespace(id=presser),
            channel_id=channel,
            guild_id=server,
            permissions=discord.Permissions(manage_messages=manages),
            client=SimpleNamespace(
                once=SeenEvents(),
                services=SimpleNamespace(answer_actions=answer_actions),
                saved_canvas=lambda *_: SimpleNamespace(),
            ),
            response=SimpleNamespace(is_done=lambda: False, defer=self._returning(None), send_message=self._told),
        )

    async def press(self, custom_id: str) -> None:
        """Press the button with this id."""
        match = cast("re.Match[str]", CONTROL_ID.fullmatch(custom_id))
        interaction = cast("discord.Interaction[Any]", self.interaction)
        item: discord.ui.Button[Any] = discord.ui.Button(custom_id=custom_id)
        button = await AnswerButton.from_custom_id(interaction, item, match)
        await button.callback(interaction)

    def _returning(self, value: object) -> Any:  # noqa: ANN401 - any coroutine function
        async def give(*_: object) -> object:
            return value

        return give

    async def _answer_actions(self, *_: object) -> None:
        if self.breaks:
            raise RuntimeError("for a reason that nobody foresaw")
        self.steered.append("show")

    async def _told(self, text: str, **_: object) -> None:
        self.told.append(text)


@pytest.mark.parametrize(("custom_id", "action"), [("steer:stop:abc", "stop"), ("steer:show:abc:2", "show")])
@pytest.mark.parametrize(
    ("presser", "channel", "server", "manages", "allowed"),
    [
        (ASKER, CHANNEL, SERVER, False, True),
        (OTHER, CHANNEL, SERVER, True, True),
        (OTHER, CHANNEL, SERVER, False, False),
        (OTHER, ELSEWHERE, SERVER, True, False),
        (OTHER, ELSEWHERE, 8, True, False),
        (OTHER, CHANNEL, None, True, False),
    ],
)
async def test_who_may_steer(
    custom_id: str, action: str, presser: int, channel: int, server: int | None, manages: bool, allowed: bool
) -> None:
    pressed = Pressed(presser, channel, server, manages=manages)
    await pressed.press(custom_id)
    assert pressed.steered == ([action] if allowed else [])
    assert [text.startswith("Only who asked") for text in pressed.told] == ([] if allowed else [True])


async def test_an_unforeseen_fault_is_told_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    pressed = Pressed(ASKER, CHANNEL, SERVER, manages=False)
    pressed.breaks = True
    await pressed.press("steer:show:abc:2")
    assert [text.startswith("Something went wrong on my side.") for text in pressed.told] == [True]
    assert "interaction 99: steering failed" in caplog.text
