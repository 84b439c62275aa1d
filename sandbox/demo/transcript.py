"""A Discord message and a chat API's answer as the same plain values: texts, cards, pictures, buttons.

So that the two can be compared and printed.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.apis import Received
from sandbox.discord import Frame, Message
from sandbox.discord.model.components import ButtonStyle, Kind, walk
from sandbox.discord.model.state import State

_MENTION = re.compile(r"<(@!?|#)(\d+)>")

_STEERS = "steer:"
"""What the ids of the bot's own controls begin with, such as Retry: they are no part of what a chat API answered."""


@dataclass(frozen=True, slots=True)
class Content:
    """An answer: its text, the title and subtitle of each card, the address of each picture, each button's label."""

    text: str = ""
    cards: tuple[tuple[str, str], ...] = ()
    pictures: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()

    def __str__(self) -> str:
        cards = [f"[card] {title}: {subtitle}" for title, subtitle in self.cards]
        rest = [*cards, *(f"[picture] {address}" for address in self.pictures)]
        return "\n".join([self.text, *rest, *(f"[{label}]" for label in self.buttons)])


def read_messages(messages: Sequence[Message]) -> Content:
    """Return what the messages show together."""
    embeds = [embed for message in messages for embed in message.embeds]
    return Content(
        "\n\n".join(message.content for message in messages if message.content),
        tuple((embed["title"], embed.get("description", "")) for embed in embeds if "title" in embed),
        tuple(embed["image"]["url"] for embed in embeds if "image" in embed),
        tuple(str(button["label"]) for message in messages for button in _offered(message.components)),
    )


def read_answer(received: Received) -> Content:
    """Return what a chat API answered to a request, as far as it has gone out."""
    content_type = received.answered.headers.get("Content-Type", "")
    if content_type.startswith("text/plain"):
        return Content(received.answered.text)
    if content_type.startswith("text/event-stream"):
        return Content(_read_events(received.answered.text))
    document: Mapping[str, Any] = json.loads(received.answered.body or b"{}")
    match document:
        case {"text": str(text)} | {"response": str(text)} | {"data": {"answer": str(text)}}:
            return Content(text)
        case {"result": {"fulfillment": list(items)}}:
            return _read_fulfillment(items)
        case _:
            return Content()


def _read_events(body: str) -> str:
    """Return the text of a stream of typed events, with a blank line between two blocks."""
    blocks = [""]
    for line in body.splitlines():
        told: Mapping[str, Any] = json.loads(line[6:]) if line.startswith("data: {") else {}
        match told:
            case {"type": "text-start"}:
                blocks.append("")
            case {"type": "text-delta", "delta": str(text)}:
                blocks[-1] += text
    return "\n\n".join(block for block in blocks if block)


def _read_fulfillment(items: Sequence[Mapping[str, Any]]) -> Content:
    texts: list[str] = []
    cards: list[Mapping[str, Any]] = []
    buttons: list[Mapping[str, Any]] = []
    for item in items:
        if item["type"] in ("card", "cards"):
            cards += item.get("elements", [item])
        else:
            texts += [item["message"]] if "message" in item else ["\n".join(item.get("elements", []))]
            texts += [item["title"]] if "title" in item else []
            buttons += item.get("buttons", [])
    buttons += [button for card in cards for button in card.get("buttons", [])]
    return Content(
        "\n\n".join(text for text in texts if text),
        tuple((card["title"], card.get("subtitle", "")) for card in cards),
        tuple(card["imageUrl"] for card in cards if "imageUrl" in card),
        tuple(button["title"] for button in buttons),
    )


def describe_growth(frame: Frame, before: str) -> str:
    """Return in a few words what a frame added to what the message showed `before`."""
    if not frame.content:
        return "(no text yet)" if not frame.embeds and not frame.components else "(no text)"
    kept = _common_length(before, frame.content)
    added = " ".join(frame.content[kept:].split())
    return added if len(added) <= 52 else f"… {added[-50:]}"


def describe_attachments(frame: Frame) -> Iterator[str]:
    """Yield a line for each card and picture, and one for all buttons."""
    for embed in frame.embeds:
        if "title" in embed:
            yield f"[card] {embed['title']}: {embed.get('description', '')}"
        if "image" in embed:
            yield f"[picture] {embed['image']['url']}"
    labels = [
        f"[{button['label']}" + (f" → {button['url']}]" if button["style"] == ButtonStyle.LINK else "]")
        for button in _buttons(frame.components)
    ]
    if labels:
        yield f"buttons: {' '.join(labels)}"


def readable(text: str, state: State) -> str:
    """Return the text as Discord draws it: accounts and channels by their names."""

    def name(match: re.Match[str]) -> str:
        key = int(match[2])
        found = state.channels.get(key) if match[1] == "#" else state.users.get(key)
        return match[0] if found is None else f"{match[1][0]}{found.name}"

    return _MENTION.sub(name, text)


def _buttons(components: Sequence[Any]) -> list[Mapping[str, Any]]:
    return [component for component in walk(tuple(components)) if component["type"] == Kind.BUTTON]


def _offered(components: Sequence[Any]) -> list[Mapping[str, Any]]:
    return [button for button in _buttons(components) if not str(button.get("custom_id")).startswith(_STEERS)]


def _common_length(one: str, other: str) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length
