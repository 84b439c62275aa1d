"""Cards are remembered for a while, for the person who opened them in that server, and hold no secret."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.discord.interactions import Refused
from bot.discord.setup.open_cards import KEPT_SECONDS, MAX_CARDS, MAX_CARDS_EACH, Card, OpenCards

FORGOTTEN, NOT_YOURS = "I no longer know this card", "Only the person who opened this card"


class Hands:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def hands() -> Hands:
    """Give the clock."""
    return Hands()


@pytest.fixture
def cards(hands: Hands) -> OpenCards:
    """Give no cards yet."""
    return OpenCards(hands)


def entered(cards: OpenCards, person: int, number: int) -> Card:
    """Return a card on which an id was entered."""
    card = cards.open(person, 7, number)
    cards.begin_trial(card)
    cards.end_trial(card, "chatbase", "login", {"chatbot_id": "bot-1"})
    return card


def test_a_card_is_its_openers_in_its_server(cards: OpenCards) -> None:
    card = cards.open(person=1, server=7)
    assert cards.find(card.token, 1, 7).token == card.token
    for person, server, sentence in ((2, 7, NOT_YOURS), (1, 8, FORGOTTEN), (1, None, FORGOTTEN), (2, 8, FORGOTTEN)):
        with pytest.raises(Refused, match=sentence):
            cards.find(card.token, person, server)
    with pytest.raises(Refused, match=FORGOTTEN):
        cards.find("guessed", 1, 7)


def test_it_is_forgotten_a_quarter_of_an_hour_after_it_was_last_used(cards: OpenCards, hands: Hands) -> None:
    card = cards.open(1, 7)
    for _ in range(3):
        hands.seconds += KEPT_SECONDS
        assert cards.find(card.token, 1, 7)
    hands.seconds += KEPT_SECONDS + 1
    with pytest.raises(Refused, match=FORGOTTEN):
        cards.find(card.token, 1, 7)


def test_nobody_has_others_cards_forgotten(cards: OpenCards) -> None:
    theirs = entered(cards, 2, 0)
    mine = [entered(cards, 1, number) for number in range(MAX_CARDS_EACH + 2)]
    # What was entered on one's oldest cards is forgotten; all can be used.
    assert [bool(cards.find(card.token, 1, 7).ids) for card in reversed(mine)] == [True] * MAX_CARDS_EACH + [False] * 2
    assert cards.find(theirs.token, 2, 7).ids


def test_only_so_many_are_remembered(cards: OpenCards) -> None:
    opened = [entered(cards, person, 0) for person in range(MAX_CARDS + 1)]
    assert cards.find(opened[1].token, 1, 7).ids
    assert cards.find(opened[-1].token, MAX_CARDS, 7).ids
    assert not cards.find(opened[0].token, 0, 7).ids


def test_values_are_tried_once_at_a_time_and_ids_are_kept_for_their_form(cards: OpenCards, hands: Hands) -> None:
    card = cards.open(1, 7)
    cards.begin_trial(card)
    with pytest.raises(Refused, match="still trying"):
        cards.begin_trial(cards.find(card.token, 1, 7))
    hands.seconds += KEPT_SECONDS * 2
    cards.open(2, 7)
    cards.end_trial(card, "chatbase", "login", {"chatbot_id": "bot-1"})
    hands.seconds -= KEPT_SECONDS * 2
    kept = cards.find(card.token, 1, 7)
    assert kept.ids == {("chatbase", "login"): {"chatbot_id": "bot-1"}}
    cards.begin_trial(kept)
    cards.end_trial(kept, "chatbase", "login")
    assert cards.find(card.token, 1, 7).ids == {("chatbase", "login"): {}}
    assert "bot-1" not in repr(kept)


def test_a_trial_that_ends_after_its_card_was_forgotten_brings_nothing_back(cards: OpenCards) -> None:
    card = cards.open(1, 7)
    cards.begin_trial(card)
    cards.forget(lambda each: each.server == 7)
    cards.end_trial(card, "chatbase", "login", {"chatbot_id": "bot-1"})
    with pytest.raises(Refused):
        cards.find(card.token, 1, 7)


def test_another_process_knows_whose_a_card_is_and_how_old(hands: Hands) -> None:
    here, there = OpenCards(hands), OpenCards(hands)
    card = entered(here, 2**63, 2**40 + 5)
    hands.seconds += KEPT_SECONDS - 1
    found = there.find(card.token, 2**63, 7)
    assert (found.person, found.server, found.ids, found.is_trying) == (2**63, 7, {}, False)
    for person, server, sentence in ((2, 7, NOT_YOURS), (2**63, 8, FORGOTTEN)):
        with pytest.raises(Refused, match=sentence):
            there.find(card.token, person, server)
    hands.seconds += KEPT_SECONDS - 1
    assert here.find(found.token, 2**63, 7).ids, "it was used meanwhile, which its token says"
    hands.seconds += KEPT_SECONDS + 1
    for cards in (here, there):
        with pytest.raises(Refused, match=FORGOTTEN):
            cards.find(found.token, 2**63, 7)


@given(st.text("abcXYZ019_-", max_size=40))
def test_no_other_token_is_somebodys_card(token: str) -> None:
    card = OpenCards(lambda: 2.0**32).open(1, 7)
    assume(token != card.token)
    with pytest.raises(Refused):
        OpenCards(lambda: 2.0**32).find(token, 1, 7)
