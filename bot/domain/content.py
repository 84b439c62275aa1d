"""What an answer may hold besides text: pictures, cards and buttons, as values that any display can draw."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

MAX_BUTTONS = 20
"""How many buttons of an answer one message has: Discord's 25 in five rows, without the last row, which the controls
have (Discord's documentation, "Component Reference")."""

MAX_LABEL_CHARS = 80
"""Characters of a button's label (Discord's documentation, "Component Reference")."""

Action = Literal["say", "jump", "link"]
"""What pressing a button does with its value: ask it, jump to it in the provider's flow, or open it in a browser."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button: its title, and what pressing it does with its value.

    `token` is what a press is recognised by, also after a restart: empty for a link, and for what cannot be pressed.
    """

    title: str
    action: Action
    value: str
    token: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture by its address."""

    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """A titled picture with a line of text and buttons; an empty string for what the provider left out."""

    title: str
    subtitle: str = ""
    image_url: str = ""
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Buttons:
    """A row of choices under a title; the title may be empty."""

    title: str
    buttons: tuple[Button, ...]


RichContent = Image | Card | Buttons
Chunk = str | RichContent
"""One piece of an answer as it arrives."""


def is_web_address(text: str) -> bool:
    """Return whether `text` is an address that Discord can link to: http or https, a host, and no white space."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(map(str.isspace, text))
