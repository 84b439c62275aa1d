"""The cards of `/setup`: whose each is, which its custom ids say, and what was entered that may be shown again."""

import struct
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import discord

from bot.discord.interactions import Refused
from bot.domain.runtime.bounded_dict import BoundedDict
from bot.domain.runtime.timing import Clock
from bot.strings.admins.setup.cards import card_forgotten, not_your_card, still_trying

MAX_CARDS = 500
MAX_CARDS_EACH = 5
"""Of how many cards, and of one person's, it is remembered what was entered; the oldest are forgotten first."""

KEPT_SECONDS = 15 * 60.0
"""For how long a card can be used after it was last used. Discord lets nobody change it for longer: a press on it has a
token of its own, which ends then (documentation, "Receiving and Responding to Interactions")."""

_TOKEN = struct.Struct(">QQII")
"""Person, server, number, and the second in which it was last used; 24 bytes are 32 characters without padding."""

_NUMBERS = 2**32


class CardId(NamedTuple):
    """Which card it is: its person's, in a server; `number` tells apart those that are open at once."""

    person: int
    server: int
    number: int


@dataclass(frozen=True, slots=True, repr=False)
class Card:
    """One card: who opened it in which server, and when it was last used, in seconds since 1970 (UTC).

    `ids` are what was last entered in each form, by provider and form, and is no secret. `is_trying` says that values
    are being tried. The card shows `provider` since the interaction `shown`.
    """

    id: CardId
    used_at: float
    ids: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    is_trying: bool = False
    provider: str = ""
    shown: discord.Interaction[Any] | None = None

    @property
    def person(self) -> int:
        """Who opened it."""
        return self.id.person

    @property
    def server(self) -> int:
        """The server that it is about."""
        return self.id.server

    @property
    def token(self) -> str:
        """What its custom ids name it by: another process reads from that whose it is, and how old."""
        return urlsafe_b64encode(_TOKEN.pack(*self.id, int(self.used_at) % _NUMBERS)).decode()


class OpenCards:
    """Opens and finds cards. What a card's ids do not say only this process knows: another one goes on without it.

    `clock` returns seconds since 1970 (UTC), the system's by default: processes compare them.
    """

    def __init__(self, clock: Clock = time.time) -> None:
        self._clock = clock
        self._cards: dict[CardId, Card] = {}
        self._forgotten = BoundedDict[CardId, None](MAX_CARDS)

    def open(self, person: int, server: int, number: int = 0) -> Card:
        """Return a new card for somebody in a server; `number` is the id of the interaction that opens it."""
        return self._keep(Card(CardId(person, server, number % _NUMBERS), self._clock()))

    def find(self, token: str, person: int, server: int | None) -> Card:
        """Return the card with this token, which is thereby used.

        Raises `Refused` if it is forgotten, or somebody else's, or another server's.
        """
        card = _read(token)
        if card is None or card.server != server:
            raise Refused(card_forgotten())
        if card.person != person:
            raise Refused(not_your_card())
        known = self._cards.get(card.id, card)
        now = self._clock()
        is_old = now - max(card.used_at, known.used_at) > KEPT_SECONDS and not known.is_trying
        if is_old or card.id in self._forgotten:
            raise Refused(card_forgotten())
        return self._keep(replace(known, used_at=now))

    def note_shown(self, card: Card, provider: str, interaction: discord.Interaction[Any]) -> None:
        """Note that a card shows a provider now, changed with this interaction; none if it shows the list."""
        kept = self._cards.get(card.id)
        if kept is not None:
            self._cards[card.id] = replace(kept, provider=provider, shown=interaction)

    def is_open(self, card: Card) -> bool:
        """Return whether a card can still be used: not once its server or person is forgotten."""
        return card.id not in self._forgotten

    def others(self, card: Card, provider: str) -> list[Card]:
        """Return the other cards in the same server that show a provider, and on which nothing is being tried.

        Those that another process changed last are not among them.
        """
        self._drop_old()
        here = [each for each in self._cards.values() if (each.server, each.provider) == (card.server, provider)]
        return [each for each in here if each.id != card.id and not each.is_trying]

    def begin_trial(self, card: Card) -> None:
        """Note that values are being tried; raises `Refused` if that goes on already."""
        kept = self._cards.get(card.id, card)
        if kept.is_trying:
            raise Refused(still_trying())
        self._keep(replace(kept, is_trying=True))

    def end_trial(self, card: Card, provider: str = "", form: str = "", ids: Mapping[str, str] | None = None) -> None:
        """Note that they were tried, and the `ids` to fill in when that form is opened again."""
        kept = self._cards.get(card.id)
        if kept is not None:
            self._cards[card.id] = replace(kept, ids={**kept.ids, (provider, form): dict(ids or {})}, is_trying=False)

    def forget(self, gone: Callable[[Card], bool]) -> None:
        """Forget cards, such as those of a server that the bot left."""
        for card in [card for card in self._cards.values() if gone(card)]:
            del self._cards[card.id]
            self._forgotten[card.id] = None

    def _keep(self, card: Card) -> Card:
        """Remember a card as the one that was used last; if there are too many, drop those used longest ago."""
        self._drop_old()
        self._cards.pop(card.id, None)
        own = [each.id for each in self._cards.values() if each.person == card.person and not each.is_trying]
        if len(own) >= MAX_CARDS_EACH:
            del self._cards[own[0]]
        elif len(self._cards) >= MAX_CARDS:
            del self._cards[next(iter(self._cards))]
        self._cards[card.id] = card
        return card

    def _drop_old(self) -> None:
        oldest = self._clock() - KEPT_SECONDS
        for card in [card for card in self._cards.values() if card.used_at < oldest and not card.is_trying]:
            del self._cards[card.id]


def _read(token: str) -> Card | None:
    """Return the card that a token names, None if it is no token."""
    try:
        person, server, number, used_at = _TOKEN.unpack(urlsafe_b64decode(token))
    except (ValueError, struct.error):  # what is no base64, and what has another length
        return None
    return Card(CardId(person, server, number), float(used_at))
