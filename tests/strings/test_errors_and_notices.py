"""Every sentence that the bot says itself: one for each error, in which nothing draws, pings or is too long."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import partial
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain import errors
from bot.domain.fair_use.quotas import Quota, Whose
from bot.domain.question import Caption
from bot.strings.errors import explain, not_again
from bot.strings.markup import small
from bot.strings.notices import (
    answers_wording,
    asked_above,
    cannot_write,
    could_not_show,
    file_refused,
    files_left_out,
    files_missing,
    files_shortened,
    no_messages_there,
    not_read,
    not_remembered,
    posted_below,
    quote_empty,
    quote_not_read,
    thread_closed,
    too_late,
    too_many_messages,
    without_extras,
)
from bot.text.pagination import MAX_PAGE_UNITS, utf16_len

SAMPLES: list[errors.AnswerError] = [
    errors.QuestionTooLong("Chatbase", 5000, 4999),
    errors.EmptyQuestion(),
    errors.NothingToRead(),
    errors.QueueFull(20),
    errors.AskerQueueFull(10),
    errors.AlreadyAnswering(),
    errors.NotStored(),
    errors.Cancelled(),
    errors.ShuttingDown(),
    errors.ShuttingDown(is_replaced=True),
    errors.NotConfigured("stammer"),
    errors.NoChatbot(in_server=False, can_bring=False),
    *(errors.LimitReached(Quota(whose, 1, 2, 0, 3600, 5), 2) for whose in get_args(Whose)),
    errors.ProviderOut("Chatbase", 240, 30),
    errors.ProviderOut("Chatbase", 0.2, 0),
    errors.DatabaseUnavailable(),
    errors.Interrupted(),
    errors.Stopped(),
    errors.QuestionEdited(),
    errors.QuestionDeleted(),
    errors.OutOfTime(),
    errors.TextRefused(partly=True, by_rule=True),
    errors.InternalError(),
    errors.Unreachable("Chatbase"),
    errors.IdleTimeout("Chatbase", 60),
    errors.TotalTimeout("Chatbase", 600),
    errors.Unauthorized("Chatbase"),
    errors.PaymentRequired("Chatbase"),
    errors.Forbidden("Chatbase"),
    errors.QuotaUsedUp("Chatbase", 429),
    errors.Blocked("Chatbase", 403),
    errors.NotFound("Chatbase"),
    errors.WrongAddress("Chatbase", 405),
    errors.ProxyRefused("Chatbase", 407),
    errors.ProxyRefused("Chatbase", 403),
    errors.TlsFailed("Chatbase"),
    errors.RequestTooLarge("Chatbase", 413),
    errors.RateLimited("Chatbase", 30),
    errors.Rejected("Chatbase", 400, "bad input"),
    errors.ErrorReported("Chatbase", "overloaded"),
    errors.ServerFault("Chatbase", 502),
    errors.InvalidResponse("Chatbase", "HTML"),
    errors.TooLarge("Chatbase", 1_000_000),
    errors.ConnectionLost("Chatbase"),
    errors.NoReply("Chatbase"),
    errors.NoAnswerYet("Chatbase"),
    errors.TakenOver("Chatbase"),
    errors.TakenOver("Chatbase", is_paused=True),
    errors.ActionWanted("Chatbase"),
    errors.CredentialsUnreadable("Chatbase"),
    errors.AddressNotOffered("Chatbase"),
]

ADVICE = ("Please", "/help", "host", "Try ", "Ask again", "/setup", "Ask me")
"""What a reader can do, or who can do something."""

BY_THE_READER = errors.Cancelled | errors.Stopped | errors.QuestionEdited | errors.QuestionDeleted
"""What its reader brought about, and needs no advice on."""


def concrete(root: type[errors.AnswerError]) -> Iterator[type[errors.AnswerError]]:
    """Yield the program's classes of the family that nothing derives from; other tests may have made more."""
    children = [child for child in root.__subclasses__() if child.__module__.startswith("bot.")]
    if not children:
        yield root
    for child in children:
        yield from concrete(child)


def test_every_error_of_the_family_has_a_sample_here() -> None:
    assert {type(error) for error in SAMPLES} == set(concrete(errors.AnswerError))


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
def test_every_error_says_what_happened_and_what_to_do(error: errors.AnswerError) -> None:
    sentence = explain(error)
    assert sentence.endswith(".") or "“" in sentence
    assert "\n" not in sentence
    assert any(word in sentence for word in ADVICE) or isinstance(error, errors.Rejected | BY_THE_READER)
    if isinstance(error, errors.ProviderError):
        assert "Chatbase" in sentence


OWNERS = (
    *(errors.Unauthorized, errors.PaymentRequired, errors.QuotaUsedUp, errors.Forbidden, errors.NotFound),
    errors.WrongAddress,
)


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
def test_only_what_the_owner_of_the_key_can_mend_names_the_owner(error: errors.AnswerError) -> None:
    of_host, of_server = explain(error), explain(error, "server")
    assert (of_host != of_server) == isinstance(error, OWNERS)
    if isinstance(error, OWNERS):
        assert ("This server's admins need to" in of_server, "`/setup`" in of_server) == (True, True)
        assert ("host" in of_host, "/setup" in of_host) == (True, False)


def test_a_refusal_without_a_reason_names_the_owner_too() -> None:
    unknown = errors.Rejected("Chatbase", 451)
    assert explain(unknown).endswith("(error 451). Please tell the bot's host.")
    assert "This server's admins need to" in explain(unknown, "server")
    assert "this server's admins" in not_again(errors.QuotaUsedUp("Chatbase", 429), "server").lower()


@pytest.mark.parametrize(
    ("error", "named"),
    [
        (errors.NotConfigured("Stammer.ai", can_bring=True), ["Stammer.ai", "This server's admins", "`/setup`"]),
        (errors.NoChatbot(in_server=True, can_bring=True), ["No chatbot is set up", "server's admins", "`/setup`"]),
        (errors.NoChatbot(in_server=True, can_bring=False), ["No chatbot is set up", "the bot's host"]),
        (errors.NoChatbot(in_server=False, can_bring=False), ["No chatbot is set up"]),
    ],
)
def test_where_nobody_answers_it_is_said_who_can_change_that(error: errors.AnswerError, named: list[str]) -> None:
    assert all(each in explain(error) for each in named)


def test_no_two_errors_share_a_sentence() -> None:
    assert len({explain(error) for error in SAMPLES}) == len(SAMPLES)


@pytest.mark.parametrize(
    ("error", "facts"),
    [
        (errors.QuestionTooLong("Chatbase", 5000, 4999), ["5000", "4999"]),
        (errors.QueueFull(20), ["20"]),
        (errors.NotConfigured("stammer"), ["stammer"]),
        (errors.IdleTimeout("Chatbase", 60), ["60 seconds"]),
        (errors.IdleTimeout("Chatbase", 1), ["1 second,"]),
        (errors.TotalTimeout("Chatbase", 600), ["10 minutes"]),
        (errors.RateLimited("Chatbase"), ["in a minute"]),
        (errors.RateLimited("Chatbase", 0.2), ["in 1 second."]),
        (errors.RateLimited("Chatbase", 899), ["in 15 minutes."]),
        (errors.Rejected("Chatbase", 422, "no"), ["422", "“no”"]),
        (errors.Rejected("Chatbase", 422), ["422", "Try rephrasing your question."]),
        (errors.ErrorReported("Chatbase", "no"), ["error: “no”. Please ask again."]),
        (errors.ErrorReported("Chatbase", "No."), ["error: “No.” Please ask again."]),
        (errors.ErrorReported("Chatbase"), ["error. Please ask again."]),
        (errors.ServerFault("Chatbase", 502), ["502"]),
        (errors.TooLarge("Chatbase", 1_000_000), ["1 MB"]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_facts_are_told(error: errors.AnswerError, facts: list[str]) -> None:
    assert all(fact in explain(error) for fact in facts)


TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "AL", "R"}
HOSTILE = st.text(st.sampled_from("ab \n\r\u2028*_~`|<>[]()#@:-\\😀"), max_size=4000)


@given(HOSTILE, st.sampled_from([partial(errors.Rejected, "Chatbase", 400), partial(errors.ErrorReported, "Chatbase")]))
def test_a_providers_reason_draws_nothing_pings_nobody_and_is_short(
    reason: str, refuse: Callable[[str], errors.ProviderError]
) -> None:
    sentence = explain(refuse(reason))
    assert utf16_len(sentence) < MAX_PAGE_UNITS / 3
    assert "\n" not in sentence
    assert len(sentence.splitlines()) == 1
    quoted = sentence.partition("“")[2].rpartition("”")[0]
    assert without_escapes(quoted).isdisjoint("*_~`|<>[]()#@:")


@pytest.mark.parametrize(
    "hostile", ["@everyone", "<@123456789012345678>", "**bold**", "[a](https://x.y)", "||spoiler||"]
)
def test_what_would_draw_is_escaped(hostile: str) -> None:
    reasons = (errors.Rejected("Chatbase", 400, hostile), errors.ErrorReported("Chatbase", hostile))
    for sentence in (*map(explain, reasons), not_read((hostile,))):
        assert not re.search(rf"(?<!\\){re.escape(hostile)}", sentence)
        assert hostile in sentence.replace("\\", "")


@pytest.mark.parametrize("name", ["\u202egnp.txt", "\u2067a\u2066b.txt", "\u200f\u061ca.txt"])
def test_no_name_turns_the_line_round(name: str) -> None:
    line = not_read((name,))
    assert all(unicodedata.bidirectional(char) not in TURNING for char in line)
    assert line.endswith("txt.")


LINK = f"https://discord.com/channels/{2**63}/{2**63}/{2**63}"


@given(st.lists(HOSTILE, min_size=1, max_size=20), HOSTILE)
def test_all_that_may_stand_below_one_answer_fits_one_message(names: list[str], reason: str) -> None:
    reasons = (errors.Rejected("ChatBot.com", 400, reason), errors.ErrorReported("ChatBot.com", reason))
    lines = [
        max((small(explain(error)) for error in reasons), key=utf16_len),
        quote_not_read(),
        not_read(tuple(names)),
        files_missing(names),
        files_shortened(names, "ChatBot.com"),
        files_left_out(names, "ChatBot.com"),
        max(too_many_messages(10**9), file_refused(10**9), key=utf16_len),
        without_extras(),
    ]
    assert utf16_len("\n".join(lines)) <= MAX_PAGE_UNITS


def without_escapes(text: str) -> set[str]:
    """Return the characters of `text` that no backslash stands before."""
    found, index = set[str](), 0
    while index < len(text):
        if text[index] == "\\":
            index += 2
            continue
        found.add(text[index])
        index += 1
    return found


@given(st.text(st.sampled_from("ab \n\r\v\f\x85\u2028"), max_size=50))
def test_small_print_marks_every_line(sentence: str) -> None:
    assert all(line.startswith("-# ") for line in small(sentence).splitlines())


@pytest.mark.parametrize(
    "line",
    [
        too_many_messages(60_000),
        file_refused(60_000),
        posted_below(),
        not_read(("a.png",)),
        quote_empty(),
        files_missing(["a.txt", "b.txt"]),
        files_shortened(["a.txt"], "Tamako"),
        files_left_out(["a.txt"], "Tamako"),
        quote_not_read(),
        not_remembered(),
        without_extras(),
    ],
)
def test_what_stands_below_an_answer_is_small_print(line: str) -> None:
    assert line.startswith("-# ")
    assert "\n" not in line


def test_the_line_above_an_answer_says_who_asked_or_chose_what() -> None:
    assert asked_above(None) == ""
    assert asked_above(Caption("Ada", "is *it*\n\nso?")) == "-# Ada asked: is \\*it\\* so?"
    assert asked_above(Caption("Ada", "Yes", is_choice=True)) == "-# Ada chose: Yes"
    assert asked_above(Caption("Ada", "so?", LINK)) == f"-# Ada asked about {LINK}: so?"
    assert asked_above(Caption("Ada", "", LINK)) == f"-# Ada asked about {LINK}"
    assert asked_above(Caption("", "so?")) == "-# Somebody asked: so?"
    assert asked_above(Caption("Ada", "so?", LINK), quoting=False) == f"-# Somebody asked this about {LINK}"
    assert asked_above(Caption("<@1> @here", "<@2> @everyone <#3> <@&4>")) == (
        "-# \\<\\@1\\> \\@here asked: \\<\\@2\\> \\@everyone \\<\\#3\\> \\<\\@&4\\>"
    )


def test_a_question_is_shown_without_its_spoilers() -> None:
    assert asked_above(Caption("Ada", "does ||Tom|| die?")) == "-# Ada asked: does … die?"
    assert asked_above(Caption("Ada", f"||{'x' * 4000}|| so?", LINK)) == f"-# Ada asked about {LINK}: … so?"
    assert answers_wording("||`Tom`|| dies") == "-# Answers this wording: … dies"


@given(HOSTILE, HOSTILE, st.booleans())
@example("*" * 99, "_" * 999, True)
def test_the_line_above_an_answer_is_one_line_that_leaves_room_for_it(name: str, asked: str, is_choice: bool) -> None:
    line = asked_above(Caption(name, asked, LINK, is_choice))
    assert line.startswith("-# ")
    assert line.splitlines() == [line]
    assert utf16_len(line) <= MAX_PAGE_UNITS // 3
    assert not without_escapes(line.replace(LINK, "")[3:]) & set("*_~`|<>@#[")
    whole = asked_above(Caption("Ada", asked))
    assert len(whole.replace("\\", "")) <= len("-# Ada asked: ") + 200
    assert utf16_len(asked_above(Caption(name, asked, LINK, is_choice), quoting=False)) <= max(utf16_len(line), 200)


def test_what_is_whispered_names_the_channel() -> None:
    assert all("<#7>" in say(7) for say in (cannot_write, could_not_show, no_messages_there, thread_closed, too_late))
    assert "Send Messages" in cannot_write(7)
