"""The kinds of message components, and walking through nested ones (reference, "Component Reference")."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sandbox.discord.errors import Json


class Kind(IntEnum):
    """A component's type."""

    ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT_DISPLAY = 10
    THUMBNAIL = 11
    MEDIA_GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19
    RADIO_GROUP = 21
    CHECKBOX_GROUP = 22
    CHECKBOX = 23


SELECTS = frozenset(
    {Kind.STRING_SELECT, Kind.USER_SELECT, Kind.ROLE_SELECT, Kind.MENTIONABLE_SELECT, Kind.CHANNEL_SELECT}
)


WITH_OPTIONS = frozenset({Kind.STRING_SELECT, Kind.RADIO_GROUP, Kind.CHECKBOX_GROUP})


class ButtonStyle(IntEnum):
    """A button's look; links carry an address instead of a custom id."""

    PRIMARY = 1
    SECONDARY = 2
    SUCCESS = 3
    DANGER = 4
    LINK = 5


def walk(components: Iterable[Json]) -> Iterator[Json]:
    """Yield each component, outer ones before those inside them."""
    for component in components:
        yield component
        nested = component.get("components")
        inside = [*(nested if isinstance(nested, list) else []), component.get("accessory"), component.get("component")]
        yield from walk([part for part in inside if isinstance(part, dict)])
