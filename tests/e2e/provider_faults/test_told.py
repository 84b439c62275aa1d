"""Each fault's sentence, nothing remembered, the next question answered."""

from functools import partial

import pytest

from sandbox.apis import FAULTS, Cut, CutShort, Fault, HtmlPage, InvalidJson, OtherCharset, Redirect, Status, ToldError
from tests.e2e.provider_faults.desk import QUESTION, Desk

pytestmark = pytest.mark.asyncio(loop_scope="module")

LABELS = {
    "tamako": "Tamako",
    "chatbase": "Chatbase",
    "chatbase-v2": "Chatbase v2",
    "stammer": "Stammer.ai",
    "chatbot": "ChatBot.com",
}
PROVIDERS = list(LABELS)

WRONG_ADDRESS = "The API address set for {} doesn't take questions (error {}). The bot's host needs to fix that."
TOO_LONG = "Your question, with what I send along, is too long for {} (error {}). Please shorten it"
BLOCKED = "Something in front of {}, perhaps a firewall, turned me away (error {}). The bot's host needs to"

TOLD: dict[str, tuple[Fault | str, str]] = {
    "401": ("unauthorized", "{} rejected this bot's API key. The bot's host needs to fix that."),
    "402": ("payment-required", "The {} account is out of credits, or its plan doesn't include this. Please tell"),
    "403": (
        "forbidden",
        "{} won't accept questions from this bot's account. The bot's host needs to check the plan and API key.",
    ),
    "404": (
        "not-found",
        "{} can't find this chatbot. The bot's host needs to check the chatbot ID and the API address.",
    ),
    "429, a long time": (
        Status(429, retry_after=120),
        "{} is getting too many questions right now. Please try again in 2 min",
    ),
    "429, an even longer time": (
        Status(429, retry_after="14:59"),
        "{} is getting too many questions right now. Please try",
    ),
    "429 for ever": (
        Status(429, retry_after=1),
        "{} is getting too many questions right now. Please try again in 1 second.",
    ),
    "429 without a time": (Status(429), "{} is getting too many questions right now. Please try again in a minute."),
    "500": ("server-error", "{} is having problems (error 500). Please try again in a few minutes."),
    "503": ("unavailable", "{} is having problems (error 503). Please try again in a few minutes."),
    "HTML with 502": ("html", "{} is having problems (error 502). Please try again in a few minutes."),
    "HTML with 200": (HtmlPage(200), "{} sent a reply I couldn't read. Please try again in a few minutes."),
    "an empty body": ("empty", "{} returned an empty answer. Try rephrasing your question."),
    "invalid JSON": (InvalidJson(), "{} sent a reply I couldn't read. Please try again in a few minutes."),
    "a reset": (CutShort(Cut.RESET), "The connection to {} dropped, so this answer is incomplete. Please ask again."),
    "an early end": (CutShort(Cut.TRUNCATE), "The connection to {} dropped, so this answer is incomplete. Please"),
    "a hang-up": ("dropped", "The connection to {} dropped, so this answer is incomplete. Please ask again."),
    "an error event": ("error-event", "{} stopped with an error: “The model is overloaded.” Please ask again."),
    "a redirect": ("redirect", WRONG_ADDRESS.format("{}", 302)),
    "a lasting redirect": (Redirect(308), WRONG_ADDRESS.format("{}", 308)),
    "405": (Status(405, "Method not allowed."), WRONG_ADDRESS.format("{}", 405)),
    "410": (Status(410, "Gone."), WRONG_ADDRESS.format("{}", 410)),
    "415": (Status(415, "Unsupported media type."), WRONG_ADDRESS.format("{}", 415)),
    "407": (Status(407), "The proxy between me and {} wants a login (error 407). The bot's host needs to fix that."),
    "408": (Status(408), "{} is having problems (error 408). Please try again in a few minutes."),
    "425": (Status(425), "{} is having problems (error 425). Please try again in a few minutes."),
    "413": (Status(413), TOO_LONG.format("{}", 413)),
    "414": (Status(414, body="<html>", content_type="text/html"), TOO_LONG.format("{}", 414)),
    "431": (Status(431, body=b""), TOO_LONG.format("{}", 431)),
    "451": (Status(451, body=b""), "{} refused the question (error 451). Please tell the bot's host."),
    "429 for a quota": (
        Status(429, body={"message": "You exceeded your current quota."}, retry_after=1),
        "The {} account has used up its quota. Please tell the bot's host.",
    ),
    "429 for credits": (
        Status(429, body={"error": {"code": 429, "message": "No message credits are left."}}),
        "The {} account has used up its quota. Please tell the bot's host.",
    ),
    "403 for a quota": (
        Status(403, body={"message": "quota exceeded"}),
        "The {} account has used up its quota. Please tell the bot's host.",
    ),
    "a challenge": (
        Status(403, body="<html>Just a moment…", content_type="text/html", headers={"cf-mitigated": "challenge"}),
        BLOCKED.format("{}", 403),
    ),
    "a challenge with 503": (
        Status(503, body="<html>", content_type="text/html", headers={"cf-mitigated": "challenge"}),
        BLOCKED.format("{}", 503),
    ),
    "a firewall's page": (HtmlPage(403), BLOCKED.format("{}", 403)),
    "large headers": (
        Status(401, headers={"Content-Security-Policy": "x" * 60_000}),
        "{} rejected this bot's API key. The bot's host needs to fix that.",
    ),
    "endless headers": (
        Status(401, headers={f"X-{number}": "x" * 30_000 for number in range(10)}),
        "{} sent a reply I couldn't read. Please try again in a few minutes.",
    ),
    "an endless answer": ("endless", "{} sent more than 1 MB, so I stopped reading."),
    "20 MB": ("huge", "{} sent more than 1 MB, so I stopped reading."),
}
PARTIAL = ("HTML with 200", "an empty body", "invalid JSON", "a reset", "an early end", "a hang-up")
"""What each provider's own code meets, of which all of them have to show it; all else one reader of them all meets."""

RETRIED = {"429 for ever": [1.0, 1.0], "429 without a time": [1.0, 2.0], "503": [1.0, 1.0]}
"""Seconds that the bot waited before each further try; whatever is not here was asked once."""


every_api = pytest.mark.parametrize("desk", PROVIDERS, indirect=True)

TELLING = [
    (provider, fault)
    for turn, fault in enumerate(TOLD)
    for provider in (PROVIDERS if fault in PARTIAL else [PROVIDERS[turn % len(PROVIDERS)]])
]
"""Which APIs have which fault: every one, or each in its turn."""

one_after_the_other = partial(pytest.mark.parametrize, indirect=["desk"])


@one_after_the_other(("desk", "fault"), TELLING)
async def test_a_fault_is_told(desk: Desk, fault: str) -> None:
    played, sentence = TOLD[fault]
    desk.api.fails(played)
    await desk.ask(QUESTION)
    last = desk.stage.by_bot(desk.channel)[-1]
    assert last.content.splitlines()[-1].startswith(f"-# {sentence.format(LABELS[desk.api.name])}")
    assert desk.pauses == RETRIED.get(fault, [])
    assert len(desk.asked()) == len(desk.pauses) + 1
    await desk.api.wait_idle()
    desk.check_discretion()
    await desk.check_next()


async def test_no_fault_of_the_sandbox_is_forgotten() -> None:
    names = {played for played, _ in TOLD.values() if isinstance(played, str)}
    elsewhere = {"rate-limited", "cut", "truncated", "silent", "invalid-json", "invalid-utf-8", "wrong-content-type"}
    elsewhere |= {"error-in-success", "error-payload", "json-as-text"}
    assert names | elsewhere == set(FAULTS)


@every_api
async def test_refused_connections_are_told_after_three_tries(desk: Desk) -> None:
    await desk.api.refuse()
    answer = await desk.ask(QUESTION)
    label = LABELS[desk.api.name]
    assert answer.content == f"-# {label} can't be reached right now. Please try again in a few minutes."
    assert desk.pauses == [1.0, 2.0]
    await desk.api.accept()
    await desk.check_next()


@one_after_the_other(("desk", "status"), [*zip(PROVIDERS, [429, 503, 429, 503, 503], strict=True)])
async def test_a_short_wait_is_waited_and_then_answered(desk: Desk, status: int) -> None:
    desk.api.fails(Status(status, retry_after=7), times=2)
    desk.api.answers("Here you are.")
    assert (await desk.ask(QUESTION)).content == "Here you are."
    assert desk.pauses == [7.0, 7.0]


@one_after_the_other(("desk", "status"), [*zip(PROVIDERS, [400, 409, 418, 422, 400], strict=True)])
async def test_a_refusal_gives_the_apis_reason(desk: Desk, status: int) -> None:
    desk.api.fails(Status(status, body={"message": "The `moon` is in the *wrong* phase @everyone"}))
    answer = await desk.ask(QUESTION)
    label = LABELS[desk.api.name]
    told = f"-# {label} refused the question (error {status}): “The \\`moon\\` is in the \\*wrong\\* phase \\@everyone”"
    assert answer.content == told
    await desk.check_next()


@one_after_the_other(
    ("desk", "status"), [*((each, 400) for each in PROVIDERS), ("tamako", 401), ("chatbase", 403), ("stammer", 500)]
)
async def test_an_api_that_repeats_what_it_was_sent_is_not_repeated(desk: Desk, status: int) -> None:
    secrets = " ".join(desk.api.secrets)
    text = f"Bad request {desk.api.url}?key={secrets}: we do not like “{QUESTION}”, with {secrets}"
    desk.api.fails(Status(status, text=text, body={"message": text, "error": text, "detail": text}))
    await desk.ask(QUESTION)
    desk.check_discretion()
    desk.api.fails(Status(status, text=f"The key {secrets} is wrong"))
    await desk.ask(QUESTION)
    desk.check_discretion()
    await desk.check_next()


@every_api
async def test_broken_bytes_and_wrong_labels_are_read_all_the_same(desk: Desk) -> None:
    desk.api.fails("invalid-utf-8", times=1)
    content = (await desk.ask(QUESTION)).content
    assert content.startswith("Before caf�")
    assert content.endswith("after.")
    desk.api.fails("wrong-content-type", times=1)
    assert (await desk.ask(QUESTION)).content == "The label is wrong, the text is right."
    desk.api.fails("json-as-text", times=1)
    assert (await desk.ask(QUESTION)).content == "The label says text, the body is JSON."
    desk.api.fails(OtherCharset("shift_jis", text="日本語"), times=1)
    assert (await desk.ask(QUESTION)).content == "日本語"
    desk.api.fails(OtherCharset(), times=1)
    assert (await desk.ask(QUESTION)).content == "Grüße aus 日本"


IN_SUCCESS = {
    "chatbase-v2": "Chatbase v2 is having problems (error 500). Please try again in a few minutes.",
    "chatbot": "ChatBot.com is having problems (error 500). Please try again in a few minutes.",
}
"""What is said of an API whose own error document has a code or a status."""


@every_api
async def test_an_error_in_the_body_of_a_success_is_told(desk: Desk) -> None:
    label = LABELS[desk.api.name]
    told = f"{label} stopped with an error: “The model is overloaded.” Please ask again."
    desk.api.fails("error-in-success")
    assert (await desk.ask(QUESTION)).content == f"-# {IN_SUCCESS.get(desk.api.name, told)}"
    desk.api.clear()
    desk.api.fails(ToldError(document={"message": "All is used up.", "statusCode": 402}, content_type="text/html"))
    assert (await desk.ask(QUESTION)).content == (
        f"-# The {label} account is out of credits, or its plan doesn't include this. Please tell the bot's host."
    )
    await desk.check_next()


@pytest.mark.parametrize("desk", ["tamako"], indirect=True)
async def test_a_question_that_no_address_has_room_for_is_refused_before_it_is_sent(desk: Desk) -> None:
    answer = await desk.ask("ж" * 1900)
    assert answer.content == (
        "-# Your question has 1900 characters, but Tamako takes at most 1083. I sent nothing. Please shorten it."
    )
    await desk.check_next()
