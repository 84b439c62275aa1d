"""The two stories that the ChatBot.com stand-in tells, with every kind of fulfillment in every spelling seen."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Item = Mapping[str, object]
"""One entry of `fulfillment`."""

PICTURE = "https://sandbox.invalid/pictures/{name}.png"
"""The pictures do not exist: `.invalid` never resolves, so that a demonstration reaches out to nobody."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """One block of a story: what leads to it and what it says."""

    name: str
    """Also what a `goto` names."""
    words: Sequence[str]
    """A query that holds one of them leads here."""
    fulfillment: Sequence[Item]

    def matches(self, query: str) -> bool:
        """Tell whether the query leads here."""
        return any(re.search(rf"\b{re.escape(word)}\b", query, re.IGNORECASE) for word in self.words)


@dataclass(frozen=True, slots=True)
class Story:
    """A rule-based conversation; its first interaction is the welcome."""

    id: str
    """24 hexadecimal digits."""
    name: str
    interactions: Sequence[Interaction]

    def find(self, query: str) -> Interaction | None:
        """Return the interaction that the query leads to: by its name, else by the first that has one of its words."""
        named = self.named(query)
        return named or next((each for each in self.interactions if each.matches(query)), None)

    def named(self, name: str) -> Interaction | None:
        """Return the interaction of this name."""
        return next((each for each in self.interactions if each.name == name), None)


def button(kind: str, title: str, value: str) -> Item:
    """Return a button; `kind` is `postback` (sends its value as a query), `goto` or `url`."""
    return {"type": kind, "title": title, "value": value}


def picture(name: str) -> str:
    """Return a picture's address."""
    return PICTURE.format(name=name)


PIZZAS = (
    {
        "title": "Margherita",
        "subtitle": "Tomato, mozzarella, basil: 9 €",
        "imageUrl": picture("margherita"),
        "buttons": [button("postback", "Order Margherita", "order margherita")],
    },
    {
        "title": "Quattro Stagioni",
        "subtitle": "Four corners, four seasons: 12 €",
        "imageUrl": picture("quattro-stagioni"),
        "buttons": [
            button("postback", "Order Quattro Stagioni", "order quattro stagioni"),
            button("url", "What is in it?", "https://sandbox.invalid/quattro-stagioni"),
        ],
    },
)


def tell_stories() -> tuple[Story, ...]:
    """Return the two stories."""
    return (pizzeria(), help_desk())


def pizzeria() -> Story:
    """Return the story with pictures, cards and choices."""
    return Story(
        "5f1a2b3c4d5e6f7081920a0b",
        "Pizzeria",
        (
            Interaction(
                "welcome",
                ("hello", "hi", "hey"),
                (
                    {"type": "text", "message": "Buongiorno! 🍕 Welcome to the pizzeria."},
                    {
                        "type": "quickReplies",
                        "title": "What would you like?",
                        "buttons": [
                            button("postback", "See the menu", "menu"),
                            button("goto", "Opening hours", "hours"),
                            button("url", "Website", "https://sandbox.invalid/pizzeria"),
                        ],
                    },
                ),
            ),
            Interaction("order", ("order",), ({"type": "text", "message": "Ordered! It takes about 20 minutes. 🛵"},)),
            Interaction(
                "menu",
                ("menu", "pizza", "pizzas", "eat"),
                (
                    {"type": "text", "elements": ["Fresh from the oven.", "Two to choose from today:"]},
                    {"type": "cards", "elements": list(PIZZAS)},
                ),
            ),
            Interaction("special", ("special", "card"), ({"type": "card", **PIZZAS[0]},)),
            Interaction(
                "hours",
                ("hours", "open", "when"),
                ({"type": "text", "message": "We are open from noon to 11 pm, every day but Monday."},),
            ),
            Interaction(
                "oven",
                ("picture", "photo", "oven", "image"),
                ({"type": "image", "imageUrl": picture("oven")}, {"type": "text", "message": "Our oven. 🔥"}),
            ),
        ),
    )


def help_desk() -> Story:
    """Return the story with the rarer spellings, an unknown kind, and one that says nothing."""
    return Story(
        "60c1d2e3f405162738495a6b",
        "Help desk",
        (
            Interaction(
                "welcome",
                ("hello", "hi", "hey"),
                (
                    {"type": "text", "message": "Hello, this is the help desk. 🛟"},
                    {
                        "type": "quickReply",
                        "title": "What is it about?",
                        "replies": ["My order", "A refund", "A human"],
                    },
                ),
            ),
            Interaction(
                "refund",
                ("refund", "money"),
                (
                    {
                        "type": "button",
                        "title": "Refunds take three days.",
                        "buttons": [
                            button("postback", "Ask for a refund", "confirm refund"),
                            button("goto", "Talk to a human", "human"),
                        ],
                    },
                ),
            ),
            Interaction(
                "order",
                ("order",),
                (
                    {
                        "type": "quickReplies",
                        "messages": [{"title": "Which order?", "replies": ["The last one", "An older one"]}],
                    },
                ),
            ),
            Interaction("confirmed", ("confirm",), ({"type": "text", "message": "Done: your refund is on its way."},)),
            Interaction(
                "human",
                ("human", "person"),
                (
                    {"type": "hologram", "projector": "ceiling"},
                    {"type": "text", "message": "Somebody will be with you in a minute."},
                ),
            ),
            Interaction("silence", ("nothing", "silence"), ()),
        ),
    )
