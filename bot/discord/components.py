"""Draws what is below an answer's text: pictures and cards as embeds, choices, links and the controls as buttons."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import discord

from bot.domain.content import MAX_BUTTONS, MAX_LABEL_CHARS, Button, Buttons, Card, Image, RichContent, is_web_address
from bot.domain.controls import Controls, VersionNav
from bot.strings.buttons import ASK_ANOTHER, CANCEL, RETRY, STOP
from bot.strings.markup import shorten

# Discord's limits, in characters: developer documentation, "Message Resource" and "Component Reference".
_MAX_TITLE = 256
_MAX_DESCRIPTION = 4096
_MAX_ADDRESS = 512

_CONTROL_ROW = 4


@dataclass(frozen=True, slots=True)
class Extras:
    """Embeds, and a view of buttons; None if there are no buttons."""

    embeds: list[discord.Embed]
    view: discord.ui.View | None


def draw(rich: tuple[RichContent, ...], controls: Controls | None = None) -> Extras:
    """Return what is below a message's text. What Discord could not show is shortened, or left out.

    The controls have a row of their own below everything.
    """
    embeds = [embed for item in rich if not isinstance(item, Buttons) and (embed := _embed(item)) is not None]
    buttons = [drawn for button in _buttons(rich) if (drawn := _button(button)) is not None]
    control_buttons = [] if controls is None else _draw_controls(controls)
    if not buttons and not control_buttons:
        return Extras(embeds, None)
    return Extras(embeds, button_view([*buttons[:MAX_BUTTONS], *control_buttons]))


def button_view(buttons: Iterable[discord.ui.Button[Any]]) -> discord.ui.View:
    """Return a view of buttons whose presses are found by their custom ids, also after a restart."""
    view = discord.ui.View(timeout=None)
    for button in buttons:
        view.add_item(button)
    # A stopped view is sent all the same, but discord.py does not keep it.
    view.stop()
    return view


def ask_button(answer: str, provider: str, label: str) -> discord.ui.Button[Any]:
    """Return the button that asks another provider."""
    return discord.ui.Button(label=label, custom_id=f"steer:ask:{answer}:{provider}")


def _embed(item: Image | Card) -> discord.Embed | None:
    if isinstance(item, Image):
        return discord.Embed().set_image(url=item.url) if is_web_address(item.url) else None
    embed = discord.Embed(
        title=shorten(item.title, _MAX_TITLE), description=shorten(item.subtitle, _MAX_DESCRIPTION) or None
    )
    if is_web_address(item.image_url):
        embed.set_image(url=item.image_url)
    return embed if embed else None


def _buttons(rich: tuple[RichContent, ...]) -> Iterator[Button]:
    for item in rich:
        if not isinstance(item, Image):
            yield from item.buttons


def _button(button: Button) -> discord.ui.Button[discord.ui.View] | None:
    label = shorten(button.title.strip() or button.value.strip(), MAX_LABEL_CHARS)
    if not label:
        return None
    if button.action != "link":
        custom_id = f"reply:{button.token}" if button.token else None
        return discord.ui.Button(label=label, custom_id=custom_id, disabled=custom_id is None)
    if not is_web_address(button.value) or len(button.value) > _MAX_ADDRESS:
        return None
    return discord.ui.Button(label=label, url=button.value)


def _draw_controls(controls: Controls) -> list[discord.ui.Button[Any]]:
    """Return the buttons, at most five."""
    answer = controls.answer
    if controls.stage == "waiting":
        return [_control(CANCEL, "stop", answer)]
    if controls.stage == "running":
        return [_control(STOP, "stop", answer)]
    buttons = [_control(RETRY, "retry", answer)]
    if controls.others:
        buttons.append(_control(ASK_ANOTHER, "others", answer))
    if controls.version_nav is not None:
        buttons.extend(_draw_versions(answer, controls.version_nav))
    return buttons


def _draw_versions(answer: str, versions: VersionNav) -> list[discord.ui.Button[Any]]:
    label = _control(f"{versions.position}/{versions.count} · {versions.label}", "page", answer)
    label.disabled = True
    return [_arrow("◀", answer, versions.before, "before"), label, _arrow("▶", answer, versions.after, "after")]


def _arrow(label: str, answer: str, number: int | None, side: str) -> discord.ui.Button[Any]:
    button = _control(label, "show", answer, str(number) if number is not None else side)
    button.disabled = number is None
    return button


def _control(label: str, action: str, answer: str, what: str | None = None) -> discord.ui.Button[Any]:
    custom_id = f"steer:{action}:{answer}" + (f":{what}" if what is not None else "")
    return discord.ui.Button(label=label, custom_id=custom_id, row=_CONTROL_ROW, style=discord.ButtonStyle.secondary)
