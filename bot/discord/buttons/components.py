"""Draws what stands under an answer's text: pictures and cards as embeds, choices as buttons, links as link buttons."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import discord

from bot.discord.buttons.control_buttons import draw_controls
from bot.domain.content import Button, Buttons, Card, Image, RichContent
from bot.domain.controls import Controls

BUTTON_ID = "reply:"
"""What the custom id of a button begins with; the button's token follows."""

# Discord's limits, in characters: developer documentation, "Message Resource" and "Component Reference".
_TITLE = 256
_DESCRIPTION = 4096
_LABEL = 80
_ADDRESS = 512
_MOST_BUTTONS = 20


@dataclass(frozen=True, slots=True)
class Extras:
    """Embeds, and a view of buttons; None where there are no buttons."""

    embeds: list[discord.Embed]
    view: discord.ui.View | None


def draw(rich: tuple[RichContent, ...], controls: Controls | None = None) -> Extras:
    """Return what stands under a message's text. What Discord could not show is shortened, or left out.

    The controls have a row of their own below everything.
    """
    embeds = [embed for item in rich if not isinstance(item, Buttons) and (embed := _embed(item)) is not None]
    buttons = [drawn for button in _buttons(rich) if (drawn := _button(button)) is not None]
    answer_actions = [] if controls is None else draw_controls(controls)
    if not buttons and not answer_actions:
        return Extras(embeds, None)
    view = discord.ui.View(timeout=None)
    for drawn in [*buttons[:_MOST_BUTTONS], *answer_actions]:
        view.add_item(drawn)
    # A stopped view is sent all the same, but discord.py does not keep it: presses are found by their ids.
    view.stop()
    return Extras(embeds, view)


def _embed(item: Image | Card) -> discord.Embed | None:
    if isinstance(item, Image):
        return discord.Embed().set_image(url=item.url) if _is_web(item.url) else None
    embed = discord.Embed(title=_short(item.title, _TITLE), description=_short(item.subtitle, _DESCRIPTION) or None)
    if _is_web(item.image_url):
        embed.set_image(url=item.image_url)
    return embed if embed else None


def _buttons(rich: tuple[RichContent, ...]) -> Iterator[Button]:
    for item in rich:
        if not isinstance(item, Image):
            yield from item.buttons


def _button(button: Button) -> discord.ui.Button[discord.ui.View] | None:
    label = _short(button.title.strip() or button.value.strip(), _LABEL)
    if not label:
        return None
    if button.action != "link":
        custom_id = f"{BUTTON_ID}{button.token}" if button.token else None
        return discord.ui.Button(label=label, custom_id=custom_id, disabled=custom_id is None)
    if not _is_web(button.value) or len(button.value) > _ADDRESS:
        return None
    return discord.ui.Button(label=label, url=button.value)


def _is_web(address: str) -> bool:
    """Tell whether Discord may be handed `address`: http and https only."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not any(char.isspace() for char in address)


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
