"""The runs of an answer: what the logs of Discord and of the chat APIs hold of each."""

import re
import time
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence

from sandbox.apis import Api, Outcome, Received
from sandbox.discord.limits.request_log import RequestRecord
from sandbox.environment import Environment
from sandbox.page.what_happened.answers import Answer, Deed
from sandbox.page.what_happened.facts import Act, ApiRequest, Kind, Run, Write

LABELS = {
    "tamako": "Tamako",
    "chatbase": "Chatbase",
    "chatbase-v2": "Chatbase v2",
    "stammer": "Stammer.ai",
    "chatbot": "ChatBot.com",
}
MAX_COMPARED = 300
"""Characters of a question by which a request is known again."""
MAX_LOOKED_AT = 100
"""Requests after what somebody did among which the one that it led to is looked for."""

_QUIET = 1.5
"""Seconds after the last event until which more is expected."""
_PATIENCE = 30.0
"""Seconds until which something is expected if words have come that nobody has seen, or nothing has happened yet."""
_NEVER = float("inf")
_CALLBACKS = {4: Kind.CREATE, 5: Kind.THINK, 7: Kind.EDIT}
"""By the type of an interaction's first answer (reference, "Interaction Callback Type")."""


def collect_runs(env: Environment, answer: Answer) -> list[Run]:
    """Return the runs, oldest first; the first one even if no chat API was asked."""
    clock = env.discord.clock
    ahead = clock.monotonic() - time.monotonic()
    deeds = answer.deeds
    asked = sorted(((api, received) for api in env.apis.all for received in api.received), key=lambda each: each[1].at)
    places = [bisect_left(asked, deed.at - ahead, key=lambda each: each[1].at) for deed in deeds]
    begins = [
        (deed, found)
        for deed, place, end in zip(deeds, places, [*places[1:], len(asked)], strict=True)
        if (found := _requests(deed, deeds[0], asked[place : min(end, place + MAX_LOOKED_AT)]))
    ] or [(deeds[0], [])]
    writes = list(_writes(answer, env.discord.requests.since(deeds[0].at)))
    nexts = [*(deed.at for deed, _ in begins[1:]), _NEVER]
    return [
        _run(begun.at, end, deeds, [_api_request(*each, begun.at - ahead) for each in found], writes, clock.monotonic())
        for (begun, found), end in zip(begins, nexts, strict=True)
    ]


def _run(
    begun: float, end: float, deeds: Sequence[Deed], requests: list[ApiRequest], writes: Sequence[Write], now: float
) -> Run:
    own = [_since(begun, write) for write in writes if begun <= write.at < end]
    last = max([0.0, *(request.ended_at or request.at for request in requests), *(write.at for write in own)])
    age = now - begun
    busy = any(request.outcome is Outcome.RUNNING for request in requests) or any(not write.status for write in own)
    came = max([at for request in requests for at, _ in request.arrivals] or [0.0])
    unseen = came > max([write.at for write in own if write.done] or [0.0])
    awaited = age < last + (_PATIENCE if unseen or not own else _QUIET)
    running = end == _NEVER and (busy or awaited)
    during = last if not running else age
    acts = [Act(deed.at - begun, deed.text) for deed in deeds if begun <= deed.at <= begun + during and deed.at < end]
    return Run(acts, requests, own, age, running)


# Which requests to the chat APIs belong to it.


def _requests(deed: Deed, first: Deed, asked: Sequence[tuple[Api, Received]]) -> list[tuple[Api, Received]]:
    """Return the request that fits best what was done, and those that say it once more after it failed."""
    scored = [(_fit(received, deed, first), api, received) for api, received in asked]
    fitting = [each for each in scored if each[0] > 0]
    if not fitting:
        return []
    _, api, best = max(fitting, key=lambda each: (each[0], -each[2].at))
    chosen = [(api, best)]
    for other, received in asked:
        before = chosen[-1][1]
        same = other is api and (received.user_key, received.question) == (best.user_key, best.question)
        if same and received.number > before.number and _went_wrong(before):
            chosen.append((other, received))
    return chosen


def _fit(received: Received, deed: Deed, first: Deed) -> float:
    """Return how well a request fits: whose key it names, and which words it has in common; 0 if not at all."""
    if received.question is None:
        return 0.0
    state_users = {str(deed.user.id), str(first.user.id)}
    if received.user_key in state_users:
        key = 1.0
    elif (received.user_key or "").isdecimal():
        return 0.0  # somebody else's
    else:
        key = 0.0
    said = _words(received.question)
    overlap = max(_overlap(_words(text), said) for text in (deed.words, first.words))
    return key + overlap if key or overlap >= 0.6 else 0.0


def _words(text: str) -> set[str]:
    """Return the words of a question, without what Discord writes for a mention."""
    return set(re.findall(r"\w+", re.sub(r"<[@#:a][^>]{1,60}>", " ", text[:MAX_COMPARED]).casefold()))


def _overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def _went_wrong(received: Received) -> bool:
    answered = received.answered
    return answered.outcome in (Outcome.CUT, Outcome.LEFT) or (answered.status or 0) >= 400


def _api_request(api: Api, received: Received, begun: float) -> ApiRequest:
    answered = received.answered
    return ApiRequest(
        LABELS.get(api.name, api.name),
        received.at - begun,
        answered.status,
        answered.outcome,
        [(at - begun, size) for at, size in answered.arrivals],
        None if answered.ended_at is None else answered.ended_at - begun,
    )


# Which requests to Discord belong to it.


def _writes(answer: Answer, records: Sequence[RequestRecord]) -> Iterator[Write]:
    pages = {page.id for page in answer.pages}
    nonces = {_form(record).get("nonce") for record in records if record.subject.message_id in pages} - {None}
    for record in records:
        subject, kind = record.subject, _kind(record)
        own = subject.message_id in pages or subject.interaction_id in answer.interactions
        if kind is not None and (own or (not 200 <= record.status < 300 and _was_to_be(record, answer, nonces))):
            target = subject.message_id or (answer.pages[0].id if subject.interaction_id and answer.pages else 0)
            yield Write(record.at, kind, target, _length(record), record.status, record.limited)


def _kind(record: RequestRecord) -> Kind | None:
    if "/callback" in record.route:
        return _CALLBACKS.get(record.body.get("type", 0)) if isinstance(record.body, dict) else None
    if record.method == "PATCH" and "/messages/" in record.route:
        return Kind.EDIT
    creates = record.route.endswith("/messages") or record.route.startswith("/webhooks/")
    return Kind.CREATE if record.method == "POST" and creates else None


def _form(record: RequestRecord) -> dict[str, object]:
    return record.body if isinstance(record.body, dict) else {}


def _was_to_be(record: RequestRecord, answer: Answer, nonces: Collection[object]) -> bool:
    """Whether it was to be a message of the answer, though Discord has not made it one."""
    form = _form(record)
    reference = form.get("message_reference")
    if answer.question is not None and isinstance(reference, dict):
        return str(reference.get("message_id")) == str(answer.question.id)
    return form.get("nonce") in nonces


def _length(record: RequestRecord) -> int | None:
    form = _form(record)
    data = form.get("data")
    content = data.get("content") if isinstance(data, dict) else form.get("content")
    return len(content) if isinstance(content, str) else None


def _since(begun: float, write: Write) -> Write:
    return Write(write.at - begun, write.kind, write.target, write.length, write.status, write.limited)
