"""The cards of `/setup` that are open: whose they are, and what was entered that may be shown again."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from secrets import token_urlsafe
from typing import Any

import discord

from bot.discord.interactions import Refused
from bot.domain.runtime.timing import Clock
from bot.strings.admins.setup.cards import card_forgotten, not_your_card, still_trying

MAX_CARDS = 500
MAX_CARDS_EACH = 5
"""How many are remembered at once, and of one person; the oldest are forgotten first."""

KEPT_SECONDS = 15 * 60.0
"""How long a card is remembered after it was last used. Discord lets nobody change it for longer: a press on it has a
token of its own, which ends then (documentation, "Receiving and Responding to Interactions")."""

ELSEWHERE_SECONDS = 1.0
"""How long another process has to answer a press on its card. Enough is left of Discord's 3 s to say that none did."""

_TOKEN_BYTES = 12


@dataclass(frozen=True, slots=True, repr=False)
class Card:
    """One card: who opened it in which server, and when it was last used, in the clock's seconds.

    `ids` are what was last entered in each form, by provider and form, and is no secret. `is_trying` says that values
    are being tried. The card shows `provider` since the interaction `shown`.
    """

    token: str
    person: int
    server: int
    used_at: float
    ids: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    is_trying: bool = False
    provider: str = ""
    shown: discord.Interaction[Any] | None = None


class OpenCards:
    """Opens and finds cards; only this process knows them. `clock` returns seconds, the event loop's by default."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock: Callable[[], float] = clock or (lambda: asyncio.get_running_loop().time())
        self._cards: dict[str, Card] = {}

    def open(self, person: int, server: int) -> Card:
        """Return a new card for somebody in a server."""
        self._forget_old()
        own = [card.token for card in self._cards.values() if card.person == person]
        if len(own) >= MAX_CARDS_EACH:
            del self._cards[own[0]]
        elif len(self._cards) >= MAX_CARDS:
            del self._cards[next(iter(self._cards))]
        return self._keep(Card(token_urlsafe(_TOKEN_BYTES), person, server, self._clock()))

    async def wait_elsewhere(self, token: str) -> None:
        """Unless this process knows a card, leave it to the one that does, which runs beside it while a new one starts.

        Discord takes the first answer to a press; the second says nothing.
        """
        if token not in self._cards:
            await asyncio.sleep(ELSEWHERE_SECONDS)

    def find(self, token: str, person: int, server: int | None) -> Card:
        """Return the card with this token, which is thereby used.

        Raises `Refused` if it is forgotten, or somebody else's, or another server's.
        """
        self._forget_old()
        card = self._cards.get(token)
        if card is None or card.server != server:
            raise Refused(card_forgotten())
        if card.person != person:
            raise Refused(not_your_card())
        return self._keep(replace(card, used_at=self._clock()))

    def note_shown(self, card: Card, provider: str, interaction: discord.Interaction[Any]) -> None:
        """Note that a card shows a provider now, changed with this interaction; none if it shows the list."""
        kept = self._cards.get(card.token)
        if kept is not None:
            self._cards[card.token] = replace(kept, provider=provider, shown=interaction)

    def is_open(self, card: Card) -> bool:
        """Return whether a card is still known: not once its server or person is forgotten."""
        return card.token in self._cards

    def others(self, card: Card, provider: str) -> list[Card]:
        """Return the other cards in the same server that show a provider, and on which nothing is being tried."""
        self._forget_old()
        here = [each for each in self._cards.values() if (each.server, each.provider) == (card.server, provider)]
        return [each for each in here if each.token != card.token and not each.is_trying]

    def begin_trial(self, card: Card) -> None:
        """Note that values are being tried; raises `Refused` if that goes on already."""
        kept = self._cards.get(card.token, card)
        if kept.is_trying:
            raise Refused(still_trying())
        self._keep(replace(kept, is_trying=True))

    def end_trial(self, card: Card, provider: str = "", form: str = "", ids: Mapping[str, str] | None = None) -> None:
        """Note that they were tried, and the `ids` to fill in when that form is opened again."""
        kept = self._cards.get(card.token)
        if kept is not None:
            self._cards[card.token] = replace(
                kept, ids={**kept.ids, (provider, form): dict(ids or {})}, is_trying=False
            )

    def forget(self, gone: Callable[[Card], bool]) -> None:
        """Forget cards, such as those of a server that the bot left."""
        for token in [card.token for card in self._cards.values() if gone(card)]:
            del self._cards[token]

    def _keep(self, card: Card) -> Card:
        self._cards.pop(card.token, None)  # used last: forgotten last
        self._cards[card.token] = card
        return card

    def _forget_old(self) -> None:
        oldest = self._clock() - KEPT_SECONDS
        self.forget(lambda card: card.used_at < oldest and not card.is_trying)
