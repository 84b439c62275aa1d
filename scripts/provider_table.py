"""Asks every provider while its stand-in has every fault in turn: what the asker reads is docs/providers.md.

`make providers` writes the page; a test holds it up to date.
"""

import asyncio
import re
import sys
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

from bot.domain.errors import IdleTimeout, ProviderError, TotalTimeout
from bot.domain.provider import Prompt, Receipt
from bot.providers import PROVIDERS
from bot.providers.base import ChatApi
from bot.providers.http import Http
from bot.settings import Settings
from bot.strings.errors import explain
from sandbox.apis import ERRORS, FAULTS, Apis, Fault
from sandbox.apis.api import Api
from sandbox.apis.faults.body import Endless, OtherCharset, Silent
from sandbox.apis.faults.error_in_success import ToldError
from sandbox.apis.faults.status import HTML_PAGE, HtmlPage, Status
from scripts.architecture import ROOT, insert

PAGE = ROOT / "docs" / "providers.md"
BEGIN, END = "<!-- begin: {} (make providers) -->", "<!-- end: {} -->"

_CLOUDFLARE = (520, 521, 522, 523, 524, 525, 526, 530)
STATUSES = (*(status.value for status in HTTPStatus if status >= 300), *_CLOUDFLARE)
_PROMPT = Prompt(text="What is the answer?", user_key="80351110224678912", conversation_id="")
_NAME = "‹name›"
_SOON = 0.1
"""The time-out in seconds of those cases in which it is to run out."""


@dataclass(frozen=True, slots=True)
class Case:
    """Something that a chat API may do: `what` in words, the `fault` of its stand-in, the time-outs of the client.

    A fault's name is that of the API's own such fault. `address` makes another address of the stand-in's, and with
    `goes_on` the question is asked in a conversation that the API keeps.
    """

    what: str
    fault: Fault | str | None
    limits: Mapping[str, float] = field(default_factory=dict)
    address: tuple[str, str] = ("", "")
    goes_on: bool = False


def statuses() -> Iterator[Case]:
    """Yield each status that is a refusal, with the provider's own error document."""
    # HTTP forbids a 304 to have a body.
    return (Case(str(status), Status(status, body=b"" if status == 304 else None)) for status in STATUSES)


def refusals() -> Iterator[Case]:
    """Yield refusals whose body or headers say more than their status."""
    validation = {"detail": [{"loc": ["body", "messages", 0], "msg": "field required", "type": "value_error"}]}
    problem = {"type": "about:blank", "title": "Bad Request", "status": 400, "detail": "messages is required"}
    laravel = {"message": "The given data was invalid.", "errors": {"query": ["The query is required."]}}
    quota = {"message": "Your quota is used up."}
    yield Case("403 whose reason speaks of a quota", Status(403, body=quota))
    yield Case("429 whose reason does", Status(429, body=quota))
    yield Case("403, a page of HTML", HtmlPage(403))
    yield Case(
        "a challenge of Cloudflare (`cf-mitigated`)",
        Status(503, body=HTML_PAGE, content_type="text/html", headers={"cf-mitigated": "challenge"}),
    )
    yield Case("429, `Retry-After: 20`, three times", Status(429, retry_after=20))
    yield Case("429, `Retry-After: 3600`", Status(429, retry_after=3600))
    yield Case("400, a page of HTML", HtmlPage(400))
    yield Case("400, a short plain text", Status(400, body="No such model.", content_type="text/plain"))
    yield Case("400, no body", Status(400, body=""))
    yield Case("422, FastAPI's list", Status(422, body=validation))
    yield Case("400, problem details (RFC 9457)", Status(400, body=problem, content_type="application/problem+json"))
    yield Case("422, Laravel's faults of fields", Status(422, body=laravel))


def broken() -> Iterator[Case]:
    """Yield every fault of the stand-ins that is more than a status, and errors that a success tells of."""
    for name, make in FAULTS.items():
        fault = make()
        if isinstance(fault, Status) or name in ("rate-limited", "redirect"):
            continue
        played = replace(fault, pause=0.0) if isinstance(fault, Endless) else name
        says = (type(fault).__doc__ or "").partition("\n")[0].rstrip(".")
        yield Case(f"{says} (`{name}`)", played, {"idle_timeout": _SOON} if isinstance(fault, Silent) else {})
    yield Case("A good answer in UTF-16, as its content type says", OtherCharset())
    for code in (400, 401, 402, 403, 404, 429, 500, 503):
        document = {"error": {"code": code, "message": "No."}}
        yield Case(f"200, an error in its body with the code {code}", ToldError(document=document))
    yield Case("headers with a line of 70 kB", Status(200, headers={"X-Long": "x" * 70_000}))
    yield Case("headers of 300 kB", Status(200, headers={f"X-{n}": "x" * 60_000 for n in range(5)}))


def unanswered() -> Iterator[Case]:
    """Yield what keeps a reply from coming at all."""
    yield Case("the address refuses connections", None, address=(r":\d+", ":1"))
    yield Case("no TLS at an `https` address", None, address=("http:", "https:"))
    yield Case("longer than the longest answer may take", Silent(), {"total_timeout": _SOON})


def of_agents() -> Iterator[Case]:
    """Yield what only Chatbase v2 has: its errors by their codes, bad ends, and conversations that are not ongoing."""
    for code, (status, _) in ERRORS.items():
        goes_on = code.startswith(("CHAT_CONVERSATION_", "CHAT_RETRY_", "RESOURCE_"))
        if not goes_on:
            yield Case(f"{status} `{code}`", code)
    yield Case("it waits for an action of the client's (`tool-calls`)", "tool-calls")
    yield Case("it fails at the end (`error-at-the-end`)", "error-at-the-end")
    yield Case("it says nothing (`no-text`)", "no-text")
    yield Case("a person has taken over the conversation (`taken_over`)", "taken_over", goes_on=True)
    yield Case("a person has paused the conversation (`paused`)", "paused", goes_on=True)
    yield Case("the conversation is over (`ended`)", "ended", goes_on=True)


async def collect(cases: Iterable[Case]) -> list[tuple[str, dict[str, str]]]:
    """Play each case against each provider that may have them all; return what is read of it, by the labels."""
    cases = list(cases)
    async with Apis() as apis:
        wanted = {case.fault for case in cases if isinstance(case.fault, str)}
        kinds = [kind for kind in PROVIDERS if wanted <= apis.find(kind.name).faults.keys()]
        read = await asyncio.gather(*(_play_all(apis, apis.find(kind.name), kind, cases) for kind in kinds))
    labels = [kind.label for kind in kinds]
    return [(case.what, dict(zip(labels, told, strict=True))) for case, *told in zip(cases, *read, strict=True)]


async def _play_all(apis: Apis, api: Api, kind: type[ChatApi[Any]], cases: Sequence[Case]) -> list[str]:
    told = list[str]()
    for case in cases:
        environment = apis.environment(api.name)
        pattern, other = case.address
        if pattern:
            variable = f"{kind.settings_type.env_prefix}API_URL"
            environment[variable] = re.sub(pattern, other, environment[variable], count=1)
        async with _client(case) as http:
            provider = kind(kind.settings_type.from_environment(environment), http)
            conversation_id = await _begin_conversation(provider) if case.goes_on else ""
            if case.fault is not None:
                api.fails(case.fault)
            told.append(await _ask(provider, replace(_PROMPT, conversation_id=conversation_id)))
        api.clear()
    return told


@asynccontextmanager
async def _client(case: Case) -> AsyncGenerator[Http]:
    async def at_once(_seconds: float) -> None:
        return

    async with Http(pause=at_once, **case.limits) as http:  # type: ignore[arg-type]
        yield http


async def _begin_conversation(provider: ChatApi[Any]) -> str:
    """Ask a question, and return the id of the conversation that it began."""
    pieces = [piece async for piece in provider.stream(_PROMPT)]
    return next(piece.conversation_id for piece in reversed(pieces) if isinstance(piece, Receipt))


async def _ask(provider: ChatApi[Any], prompt: Prompt) -> str:
    """Return what an asker reads, with `_NAME` for the provider's label and the usual time-outs."""
    text = ""
    try:
        async for piece in provider.stream(prompt):
            text += piece if isinstance(piece, str) else ""
    except ProviderError as error:
        said = explain(_with_usual_limits(error)).replace(provider.label, _NAME)
        return f"the beginning of the answer, then: {said}" if text else said
    return "the answer"


def _with_usual_limits(error: ProviderError) -> ProviderError:
    usual = Settings.model_fields
    match error:
        case IdleTimeout():
            return IdleTimeout(error.label, usual["provider_idle_timeout"].default)
        case TotalTimeout():
            return TotalTimeout(error.label, usual["provider_total_timeout"].default)
        case _:
            return error


def draw_table(read: Iterable[tuple[str, dict[str, str]]]) -> str:
    """Return rows of what happens, at whom, and what is read; what is read alike is one row."""
    rows = dict[tuple[str, str], list[str]]()
    for what, told in read:
        for sentence in dict.fromkeys(told.values()):
            labels = [label for label in told if told[label] == sentence]
            who = "all" if len(labels) == len(told) > 1 else ", ".join(labels)
            shown = sentence.replace(f"(error {what})", "(error N)")
            rows.setdefault((who, shown), []).append(what)
    lines = ["| what comes | from | what the asker reads |", "| --- | --- | --- |"]
    lines += [f"| {_joined(what)} | {who} | {said.replace('|', chr(92) + '|')} |" for (who, said), what in rows.items()]
    return "\n".join(lines)


def _joined(what: Sequence[str]) -> str:
    """Return all that comes to the same, with the names of one kind of fault together."""
    if all(each.isdigit() for each in what):
        return ", ".join(what)
    kinds = dict[str, list[str]]()
    for each in what:
        says, name, _ = each.partition(" (`")
        kinds.setdefault(says, []).append(each[len(says) + 2 : -1] if name else "")
    return "; ".join(f"{says} ({', '.join(names)})" if names[0] else says for says, names in kinds.items())


async def draw() -> dict[str, str]:
    """Return each table of the page, by name."""
    tables = {
        "statuses": statuses(),
        "refusals": refusals(),
        "broken": broken(),
        "agents": of_agents(),
        "unanswered": unanswered(),
    }
    return {name: draw_table(await collect(cases)) for name, cases in tables.items()}


def write(page: Path = PAGE) -> None:
    """Write the tables into the page."""
    page.write_text(insert(page.read_text(encoding="utf-8"), asyncio.run(draw()), BEGIN, END), encoding="utf-8")


if __name__ == "__main__":
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}\n")
    write()
