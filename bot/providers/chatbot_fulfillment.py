"""ChatBot.com's `fulfillment` items, whose names drift with age, as texts and as values that a display can draw.

Spellings from `reference/providers.md`. What is not known, or not of the promised type, is skipped.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice

from bot.domain.content import Action, Button, Buttons, Card, Chunk, Image, is_web_address
from bot.providers.response import JsonObject

MAX_BUTTONS = 625
"""In one answer: 25 messages, which is as long as an answer gets, have room for so many. Others are left out."""

MAX_RICH_PIECES = 250
"""Images, cards and groups of buttons in one answer; ten embeds fit into a message."""

_ACTIONS: dict[str, Action] = {"postback": "say", "goto": "jump", "url": "link"}


def read_items(items: Iterable[object]) -> Iterator[Chunk]:
    """Yield what the items show, in their order, with a blank line between two texts."""
    separator, pieces, buttons = "", MAX_RICH_PIECES, MAX_BUTTONS
    for piece in chain.from_iterable(map(read_item, items)):
        if isinstance(piece, str):
            yield separator + piece
            separator = "\n\n"
            continue
        if not pieces:
            continue
        pieces -= 1
        if isinstance(piece, Image):
            yield piece
            continue
        shown = replace(piece, buttons=tuple(piece.buttons[:buttons]))
        buttons -= len(shown.buttons)
        yield shown


def read_item(item: object, depth: int = 3) -> Iterator[Chunk]:
    """Yield what one item shows, in its order. Texts come whole, without the blank line between two of them."""
    if not isinstance(item, dict) or depth == 0:
        return
    match item.get("type"):
        case "text":
            yield from _read_text(item)
        case "image":
            if address := _web_address(item.get("imageUrl")):
                yield Image(address)
        case "quickReplies" | "quickReply":
            yield from _read_choices(item)
        case "button" | "buttons":
            yield from _read_choices(item)
        case "card" | "cards":
            yield from _read_cards(item)
        case _:
            return
    for nested in _list(item, "messages"):
        if isinstance(nested, dict):
            yield from read_item({"type": item["type"], **nested}, depth - 1)


def _read_text(item: JsonObject) -> Iterator[str]:
    elements = [element for element in _list(item, "elements") if isinstance(element, str)]
    if text := _text(item, "message") or "\n".join(elements):
        yield text


def _read_choices(item: JsonObject) -> Iterator[Chunk]:
    title = _text(item, "title")
    buttons = tuple(islice(chain(_read_buttons(item, "buttons"), _read_buttons(item, "replies")), MAX_BUTTONS))
    if buttons:
        yield Buttons(title, buttons)
    elif title:
        yield title


def _read_cards(item: JsonObject) -> Iterator[Card]:
    card = Card(
        title=_text(item, "title"),
        subtitle=_text(item, "subtitle"),
        image_url=_web_address(item.get("imageUrl")),
        buttons=tuple(islice(_read_buttons(item, "buttons"), MAX_BUTTONS)),
    )
    if card != Card(""):
        yield card
    for element in _list(item, "elements"):
        if isinstance(element, dict):
            yield from _read_cards({**element, "elements": None})


def _read_buttons(item: JsonObject, field: str) -> Iterator[Button]:
    """Yield the buttons that can be pressed; a mere string is a quick reply, which says itself."""
    for entry in _list(item, field):
        button = {"type": "postback", "title": entry} if isinstance(entry, str) else entry
        if not isinstance(button, dict):
            continue
        action = _ACTIONS.get(_text(button, "type") or "postback")
        value = _text(button, "value") or ("" if action == "link" else _text(button, "title"))
        if action == "link":
            value = _web_address(value)
        if action and value:
            yield Button(_text(button, "title") or value, action, value)


def _list(item: JsonObject, field: str) -> list[object]:
    value = item.get(field)
    return value if isinstance(value, list) else []


def _text(item: JsonObject, field: str) -> str:
    value = item.get(field)
    return value if isinstance(value, str) and value.strip() else ""


def _web_address(value: object) -> str:
    """Return `value` if it is an http or https address, otherwise an empty string."""
    address = value.strip() if isinstance(value, str) else ""
    return address if is_web_address(address) else ""
