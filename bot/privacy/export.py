"""What is stored about a person, as JSON files: the newest first, each file within Discord's limit.

`docs/privacy.md` says what each field means.
"""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, aclosing
from dataclasses import asdict
from datetime import UTC, datetime

from bot.domain.personal_data import PersonalDataStore, RunPosition, StoredCount, StoredRun, StoredTurn
from bot.domain.runtime.slices import Slices
from bot.strings.privacy import ABOUT_EXPORT

MAX_FILE_BYTES = 8 * 1024 * 1024
"""The longest file. Discord takes 10 MiB (documentation, "Uploading Files"); one entry has a few at most."""

Entry = dict[str, object]

_SEPARATOR = b",\n"

_UNREADABLE: Mapping[bool, Entry] = {True: {"unreadable": True}, False: {}}
"""What an entry says in addition if its words are stored, and cannot be read."""


async def export_user_data(
    personal_data: PersonalDataStore, person: int, keys: Mapping[str, str], now: float, *, opted_out: bool = False
) -> AsyncGenerator[bytes]:
    """Yield file after file, at least one; raises `DatabaseUnavailable`.

    One file at a time is in memory, and once while it is put together. Others' work goes on meanwhile. `keys` are the
    person's with each provider; `now` is in seconds since 1970 (UTC). `opted_out` says that their messages
    are not read.
    """
    head: dict[str, object] = {"about": ABOUT_EXPORT, "person": str(person), "made_at": _time(now), "keys": dict(keys)}
    head["opted_out"] = opted_out
    kept = bytearray()
    number = 1
    slices = Slices()
    sources = (each(personal_data, person) for each in (_runs, _turns, _counts, _saved))
    async with aclosing(_merged(*sources)) as found:
        async for entry in found:
            await slices.pause_if_due()  # an answer of a megabyte takes ten milliseconds
            # A provider may send half a surrogate pair, which no file can hold.
            line = json.dumps(entry, ensure_ascii=False).encode(errors="replace")
            weight = len(line) + len(_SEPARATOR)
            if kept and len(kept) + weight > MAX_FILE_BYTES:
                await slices.pause_if_due()
                yield _take_file(head | {"file": number}, kept)
                number += 1
            kept += (_SEPARATOR if kept else b"") + line
    yield _take_file(head | {"file": number}, kept)


def _take_file(head: Mapping[str, object], kept: bytearray) -> bytes:
    """Return a file of the entries in `kept`, which is empty then."""
    # Put together by hand: each entry is JSON already, and one line of the file.
    opening = json.dumps(head).removesuffix("}").encode()
    file = b"".join((opening, b', "kept": [\n', kept, b"\n]}\n"))
    kept.clear()
    return file


async def _merged(*sources: AsyncGenerator[tuple[int, Entry]]) -> AsyncGenerator[Entry]:
    """Yield the entries of several sources, each ordered by time, the newest of all first."""
    async with AsyncExitStack() as open_sources:
        heads = []
        for source in sources:
            await open_sources.enter_async_context(aclosing(source))
            heads.append((await anext(source, None), source))
        while left := [(head, source) for head, source in heads if head is not None]:
            (_, entry), newest = max(left, key=lambda one: one[0][0])
            yield entry
            heads = [(await anext(source, None) if source is newest else head, source) for head, source in left]


async def _turns(personal_data: PersonalDataStore, person: int) -> AsyncGenerator[tuple[int, Entry]]:
    before: int | None = None
    while page := await personal_data.turns(person, before):
        for turn in page:
            yield turn.recorded_at, _turn(turn)
        before = page[-1].id


async def _runs(personal_data: PersonalDataStore, person: int) -> AsyncGenerator[tuple[int, Entry]]:
    before: RunPosition | None = None
    while page := await personal_data.runs(person, before):
        for run in page:
            yield run.asked_at, _run(run)
        before = (page[-1].question_id, page[-1].answer, page[-1].number)


async def _counts(personal_data: PersonalDataStore, person: int) -> AsyncGenerator[tuple[int, Entry]]:
    for count in await personal_data.counts(person):
        yield count.begins_at, _count(count)


async def _saved(personal_data: PersonalDataStore, person: int) -> AsyncGenerator[tuple[int, Entry]]:
    for saved in await personal_data.saved_credentials(person):
        entry: Entry = {"kind": "credentials", "server": _id(saved.server), "provider": saved.provider}
        yield saved.saved_at, {**entry, "saved_at": _time(saved.saved_at)}


def _count(count: StoredCount) -> Entry:
    return {
        "kind": "count",
        "limit": count.whose,
        "server": _id(count.server),
        "begins_at": _time(count.begins_at),
        "ends_at": _time(count.ends_at),
        "questions": count.questions,
        "max_questions": count.max_questions,
        "told": count.told,
    }


def _turn(turn: StoredTurn) -> Entry:
    return {
        "kind": "turn",
        "server": _id(turn.server),
        "channel": _id(turn.channel),
        "whose": turn.kind,
        "provider": turn.provider,
        "conversation": turn.conversation,
        "recorded_at": _time(turn.recorded_at),
        "hidden": turn.hidden,
        "name": turn.name,
        "question": turn.question,
        "answer": turn.answer,
        **_UNREADABLE[turn.unreadable],
    }


def _run(run: StoredRun) -> Entry:
    return {
        "kind": "answer",
        "server": _id(run.server),
        "channel": _id(run.channel),
        "whose": run.kind,
        "asked_by": {"message" if run.by_message else "interaction": _id(run.question_id)},
        "asked_at": _time(run.asked_at),
        "answer_id": run.answer,
        "messages": [_id(message) for message in run.messages],
        "version": run.number,
        "shown": run.shown,
        "provider": run.provider,
        "began_at": _time(run.began_at),
        "state": run.state,
        "outcome": run.outcome,
        "error": run.error,
        "figures": asdict(run.metrics),
        "provider_told": asdict(run.receipt),
        "question": _parsed(run.question),
        "answer": _parsed(run.wording),
        "notices": list(run.notices),
        **_UNREADABLE[run.unreadable],
    }


def _parsed(wording: str | None) -> object:
    """Return a stored text as JSON, so that it is readable in the file."""
    try:
        return None if wording is None else json.loads(wording)
    except ValueError:
        return wording


def _id(number: int | None) -> str | None:
    """Return an id as text: as a number, many readers of JSON would round it."""
    return None if number is None else str(number)


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
