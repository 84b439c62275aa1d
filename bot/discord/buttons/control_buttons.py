"""Draws the controls of an answer as a row of buttons, whose ids say what each does to which answer."""

import re
from typing import Any

import discord

from bot.domain.controls import Controls, VersionNav

_ROW = 4
"""The last of a message's five rows; what the answer itself offers stands above."""

CONTROL_ID = re.compile(r"steer:(?P<action>stop|retry|others|ask|show|page):(?P<answer>[\w-]+)(?::(?P<what>\w+))?")
"""What a control's custom id looks like. `what` is a provider's name for "ask", a run's number for "show"."""


def draw_controls(controls: Controls) -> list[discord.ui.Button[Any]]:
    """Return the buttons, at most five."""
    answer = controls.answer
    if controls.stage == "waiting":
        return [_button("Cancel", "stop", answer)]
    if controls.stage == "running":
        return [_button("Stop", "stop", answer)]
    buttons = [_button("Retry", "retry", answer)]
    if controls.others:
        buttons.append(_button("Ask another", "others", answer))
    if controls.pager is not None:
        buttons.extend(_draw_pager(answer, controls.pager))
    return buttons


def ask_button(answer: str, provider: str, label: str) -> discord.ui.Button[Any]:
    """Return the button that asks another provider."""
    return discord.ui.Button(label=label, custom_id=f"steer:ask:{answer}:{provider}")


def _draw_pager(answer: str, pager: VersionNav) -> list[discord.ui.Button[Any]]:
    label = _button(f"{pager.position}/{pager.count}", "page", answer)
    label.disabled = True
    return [_turn("◀", answer, pager.before, "before"), label, _turn("▶", answer, pager.after, "after")]


def _turn(label: str, answer: str, number: int | None, side: str) -> discord.ui.Button[Any]:
    button = _button(label, "show", answer, str(number) if number is not None else side)
    button.disabled = number is None
    return button


def _button(label: str, action: str, answer: str, what: str | None = None) -> discord.ui.Button[Any]:
    custom_id = f"steer:{action}:{answer}" + (f":{what}" if what is not None else "")
    return discord.ui.Button(label=label, custom_id=custom_id, row=_ROW, style=discord.ButtonStyle.secondary)
