"""Which errors say that a provider is out, and which that it is there."""

import inspect

import pytest

from bot.domain import errors
from bot.domain.errors.outages import is_outage, is_up

OUTAGES = [
    errors.Unreachable("X"),
    errors.TlsFailed("X"),
    errors.ProxyRefused("X", 407),
    errors.Blocked("X", 403),
    errors.ConnectionLost("X"),
    errors.IdleTimeout("X", 60),
    errors.TotalTimeout("X", 600),
    *(errors.ServerFault("X", status) for status in (500, 502, 503, 504, 529, 408)),
    errors.InvalidResponse("X", "an HTML page"),
    errors.PaymentRequired("X"),
    *(errors.QuotaUsedUp("X", status) for status in (200, 403, 429)),
    errors.RateLimited("X", 90),
    errors.Unauthorized("X"),
    errors.Forbidden("X"),
    errors.NotFound("X"),
    errors.WrongAddress("X", 405),
    errors.CredentialsUnreadable("X"),
    errors.AddressNotOffered("X"),
]
REFUSALS = [
    *(errors.Rejected("X", status, "No.") for status in (400, 409, 422, 451)),
    *(errors.RequestTooLarge("X", status) for status in (413, 414, 431)),
    errors.NoReply("X"),
    errors.NoAnswerYet("X"),
    errors.TakenOver("X"),
    errors.TakenOver("X", is_paused=True),
    errors.ActionWanted("X"),
    errors.TooLarge("X", 1000),
    errors.ErrorReported("X", "I don't talk about that."),
]
OWN = [
    errors.QuestionTooLong("X", 300, 256),
    errors.NothingToRead(),
    errors.Stopped(),
    errors.Interrupted(),
    errors.QuestionEdited(),
    errors.OutOfTime(),
    errors.InternalError(),
    errors.DatabaseUnavailable(),
]


@pytest.mark.parametrize("error", OUTAGES, ids=repr)
def test_an_outage_shows_only_if_nothing_came(error: errors.AnswerError) -> None:
    assert is_outage(error)
    assert is_up(error, is_silent=True) is (None if isinstance(error, errors.RateLimited) else False)
    assert is_up(error, is_silent=False) is True


@pytest.mark.parametrize("error", REFUSALS, ids=repr)
def test_a_provider_that_refuses_the_question_is_there(error: errors.AnswerError) -> None:
    assert not is_outage(error)
    assert is_up(error, is_silent=True) is True


@pytest.mark.parametrize("error", OWN, ids=repr)
def test_what_is_not_about_a_provider_says_nothing_of_it(error: errors.AnswerError) -> None:
    assert not is_outage(error)
    assert is_up(error, is_silent=True) is None


def test_a_whole_answer_shows_that_it_works() -> None:
    assert not is_outage(None)
    assert is_up(None, is_silent=False) is True


def test_every_error_of_a_provider_is_decided_on() -> None:
    bases = (errors.ProviderError, errors.StatusError, errors.ApiTimeout)
    known = {
        each for each in vars(errors).values() if inspect.isclass(each) and issubclass(each, errors.ProviderError)
    } - set(bases)
    assert known == {type(error) for error in (*OUTAGES, *REFUSALS)}
