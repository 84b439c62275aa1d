"""The two stories that the ChatBot.com stand-in tells, with every kind of fulfillment in every spelling seen."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.apis.pictures import HOST, picture

Item = Mapping[str, object]
"""One entry of `fulfillment`."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """One block of a story: what leads to it and what it says."""

    name: str
    """Also what a `goto` names."""
    words: Sequence[str]
    """A query that holds one of them leads here."""
    fulfillment: Sequence[Item]
    rephrased: Sequence[str] = ()
    """Other words for the first text, for somebody who comes here again."""

    def say(self, run: int) -> Sequence[Item]:
        """Return what it says to somebody who was here `run` times before."""
        wording = run % (len(self.rephrased) + 1)
        text = next((place for place, item in enumerate(self.fulfillment) if item["type"] == "text"), None)
        if not wording or text is None:
            return self.fulfillment
        said: Item = {"type": "text", "message": self.rephrased[wording - 1]}
        return [said if place == text else item for place, item in enumerate(self.fulfillment)]

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
            button("url", "What is in it?", f"{HOST}/quattro-stagioni"),
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
                            button("url", "Website", f"{HOST}/pizzeria"),
                        ],
                    },
                ),
                ("Good to see you again! 🍕 The oven is hot.", "Ciao! 🍅 Take a seat."),
            ),
            Interaction(
                "order",
                ("order",),
                ({"type": "text", "message": "Ordered! It takes about 20 minutes. 🛵"},),
                ("One more! The oven is glowing. 🔥", "Noted. We will hurry. 🛵"),
            ),
            Interaction(
                "menu",
                ("menu", "pizza", "pizzas", "eat"),
                (
                    {"type": "text", "elements": ["Fresh from the oven.", "Two to choose from today:"]},
                    {"type": "cards", "elements": list(PIZZAS)},
                ),
                ("Still these two, and both are good:", "Our menu is short, and all of it is fresh:"),
            ),
            Interaction("special", ("special", "card"), ({"type": "card", **PIZZAS[0]},)),
            Interaction(
                "hours",
                ("hours", "open", "when"),
                ({"type": "text", "message": "We are open from noon to 11 pm, every day but Monday."},),
                ("We are open until the last guest leaves at 11 pm, from noon on; on Mondays we sleep.",),
            ),
            Interaction(
                "oven",
                ("picture", "photo", "oven", "image"),
                ({"type": "image", "imageUrl": picture("oven")}, {"type": "text", "message": "Our oven. 🔥"}),
                ("It has been hot since 1974. 🔥", "The same oven, seen on another day."),
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
