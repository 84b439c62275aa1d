"""Which messages are one answer, what it answers, and what people did that made the bot answer again."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise, takewhile
from typing import Any

from sandbox.discord import Interaction, Message, Person, User
from sandbox.discord.model.components import walk
from sandbox.discord.model.interactions import InteractionType
from sandbox.page.views import command_name, name_of

MAX_PAGES = 30
"""Messages of one answer; the bot's longest has 25."""

MAX_PRESSES = 30
"""The newest ones; what came of those before them is not told."""

_MAX_BETWEEN = 300
"""Messages in a channel among which the pages are looked for."""

_MAX_STEPS = 5
"""From a button's message back to the answer: a choice that a button opened has a message of its own."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did; `at` is on the sandbox's monotonic clock. `words` is what a chat API may have been told."""

    at: float
    text: str
    user: User
    words: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer's messages, the question if it is a message, and the deeds, the first of which is the question."""

    pages: tuple[Message, ...]
    question: Message | None
    deeds: tuple[Deed, ...]
    interactions: frozenset[int]


def find_answer(message: Message, viewer: Person) -> Answer:
    """Return the answer that a message belongs to."""
    origin = message.interaction
    pages = _pages_of(origin) if origin is not None else _pages_around(message)
    question = None if origin is not None else _question_of(pages[0])
    if origin is not None:
        first = [_deed(origin, viewer)]
    elif question is not None:
        first = list(_askings(question))
    else:
        first = [Deed(pages[0].frames[0].at, "The bot writes", pages[0].author, "")]
    presses = [each for each in _presses(pages) if each is not origin]
    deeds = sorted([*first, *(_deed(press, viewer) for press in presses)], key=lambda deed: deed.at)
    interactions = frozenset(each.id for each in [*([origin] if origin is not None else []), *presses])
    return Answer(pages, question, tuple(deeds), interactions)


def _pages_of(origin: Interaction) -> tuple[Message, ...]:
    first = [origin.message] if origin.message is not None else []
    return (*first, *origin.followups)


def _pages_around(message: Message) -> tuple[Message, ...]:
    """Return the message with the pages before and after it, which follow each other or reply to each other."""
    seen = [each for each in message.channel.messages.values() if not each.ephemeral]
    place = seen.index(message)
    for _ in range(MAX_PAGES):
        before = seen[place].replied_to if seen[place].reference is not None else seen[max(0, place - 1)]
        if before is None or before is seen[place] or not _may_be_a_page(before, message.author) or before not in seen:
            break
        place = seen.index(before)
    pages = [seen[place]]
    for before, later in pairwise(seen[place : place + _MAX_BETWEEN]):
        goes_on = before is pages[-1] if later.reference is None else later.replied_to in pages
        if goes_on and _may_be_a_page(later, message.author):
            pages.append(later)
    return tuple(pages[:MAX_PAGES])


def _may_be_a_page(message: Message, author: User) -> bool:
    return message.author is author and message.interaction is None


def _question_of(page: Message) -> Message | None:
    """Return the message that it replies to, or else the last one that a person wrote before it."""
    if page.reference is not None:
        return page.replied_to
    before = takewhile(lambda each: each is not page, page.channel.messages.values())
    people = [each for each in before if not each.author.is_bot]
    return people[-1] if people else None


def _askings(question: Message) -> Iterator[Deed]:
    name = name_of(question.author, question.channel.guild)
    for place, frame in enumerate(question.frames):
        text = f"{name} edits the question" if place else f"{name} asks"
        answered = question.replied_to
        words = frame.content if answered is None else f"{frame.content} {answered.content}"
        yield Deed(frame.at, text, question.author, words)


def _presses(pages: tuple[Message, ...]) -> list[Interaction]:
    """Return what people did with the answer's buttons, but for what got an answer of its own; newest first."""
    if not pages:
        return []
    begun = pages[0].frames[0].at
    known = reversed(pages[0].channel.state.interactions.values())
    recent = takewhile(lambda each: each.created_at >= begun, known)
    found = (each for each in recent if _comes_from(each, pages) and not _answers_itself(each, pages))
    return list(islice(found, MAX_PRESSES))


def _comes_from(interaction: Interaction, pages: tuple[Message, ...]) -> bool:
    found: Interaction | None = interaction
    for _ in range(_MAX_STEPS):
        if found is None:
            return False
        source = found.source or (found.parent.source if found.parent is not None else None)
        if source in pages:
            return True
        found = source.interaction if source is not None else None
    return False


def _answers_itself(interaction: Interaction, pages: tuple[Message, ...]) -> bool:
    message = interaction.message
    return message is not None and message not in pages and not message.ephemeral


def _deed(interaction: Interaction, viewer: Person) -> Deed:
    """Return what somebody did; of what only they see, the viewer learns no more than that."""
    message = interaction.message
    name = name_of(interaction.user, interaction.channel.guild)
    if message is not None and message.ephemeral and interaction.user is not viewer:
        text = "Somebody asks again"
    elif interaction.type is InteractionType.COMMAND:
        text = f"{name} uses {command_name(interaction)}"
    elif interaction.type is InteractionType.MODAL:
        text = f"{name} sends the form"
    else:
        text = f"{name} presses {_label(interaction)}"
    return Deed(interaction.created_at, text, interaction.user, _words(interaction))


def _label(interaction: Interaction) -> str:
    """Return what was written on a button when it was pressed."""
    source = interaction.source
    if source is None:
        return "a button"
    shown = next((each for each in reversed(source.frames) if each.at <= interaction.created_at), source.frames[0])
    pressed = (each for each in walk(shown.components) if each.get("custom_id") == interaction.data.get("custom_id"))
    button = next(pressed, {})
    label = button.get("label") or (button.get("emoji") or {}).get("name")
    return f"“{label}”" if label else "a menu"


def _words(interaction: Interaction) -> str:
    """Return what the person typed or chose, and the message that it was about."""
    texts = list(_values(interaction.data))
    target = interaction.data.get("target_id") or (
        interaction.parent.data.get("target_id") if interaction.parent else 0
    )
    about = interaction.channel.messages.get(int(target or 0))
    return " ".join([*texts, _label(interaction), about.content if about is not None else ""])


def _values(node: Any) -> Iterator[str]:  # noqa: ANN401 - as JSON is
    if isinstance(node, dict):
        if isinstance(node.get("value"), str):
            yield node["value"]
        yield from (text for key in ("options", "components", "component") for text in _values(node.get(key)))
        yield from (value for value in node.get("values") or () if isinstance(value, str))
    elif isinstance(node, list):
        for each in node:
            yield from _values(each)
