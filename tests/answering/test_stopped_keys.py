"""Admins are reminded once a day, below their own answer, that what they entered for a chatbot does not work."""

from dataclasses import replace

import pytest

from bot.answering.notices.stopped_keys import StoppedKeys
from bot.domain import errors
from bot.domain.question import Location, Question
from bot.domain.secrets.credentials import CredentialId

DAY = 24 * 60 * 60
OWN = CredentialId("chatbase", 7, 1)
ADMINS = Question(1, Location(55, 55, 7), 1, "what now?", by_admin=True)
FAULT = errors.Unauthorized("Chatbase")


class Hands:
    """A clock that is moved by hand."""

    seconds = 1_764_000_000.0

    def __call__(self) -> float:
        return self.seconds


def test_once_a_day_for_each_server_and_chatbot() -> None:
    hands = Hands()
    keys = StoppedKeys(hands)

    def told(credential: CredentialId = OWN) -> int:
        return len(keys.reminder(ADMINS, credential, "Chatbase", FAULT))

    assert [told(), told(), told(CredentialId("chatbase", 7, 2))] == [1, 0, 0]
    assert [told(CredentialId("stammer", 7)), told(CredentialId("chatbase", 8))] == [1, 1]
    hands.seconds += DAY - 1
    assert told() == 0
    hands.seconds += 1
    assert [told(), told()] == [1, 0]


def test_it_is_small_and_names_the_command() -> None:
    (line,) = StoppedKeys(Hands()).reminder(ADMINS, OWN, "Chatbase", FAULT)
    assert line.startswith("-# You manage this server: use `/setup` to try its Chatbase values again")


@pytest.mark.parametrize(
    "error",
    [errors.Forbidden("x"), errors.NotFound("x"), errors.PaymentRequired("x"), errors.CredentialsUnreadable("x")],
)
def test_for_whatever_can_be_mended_with_setup(error: errors.AnswerError) -> None:
    assert StoppedKeys(Hands()).reminder(ADMINS, OWN, "x", error)


@pytest.mark.parametrize(
    "error", [None, errors.Unreachable("x"), errors.ServerFault("x", 500), errors.Stopped(), errors.TlsFailed("x")]
)
def test_not_for_what_passes_or_is_the_hosts(error: errors.AnswerError | None) -> None:
    assert not StoppedKeys(Hands()).reminder(ADMINS, OWN, "x", error)


def test_not_for_others_and_not_for_the_hosts_credentials() -> None:
    keys = StoppedKeys(Hands())
    assert not keys.reminder(replace(ADMINS, by_admin=False), OWN, "Chatbase", FAULT)
    assert not keys.reminder(ADMINS, CredentialId("chatbase"), "Chatbase", FAULT)
    assert keys.reminder(ADMINS, OWN, "Chatbase", FAULT), "nobody was told so far"
